import * as mediaChecks from '../../shared/data/review/mediaChecks.ts';
import * as uploads from '../../shared/data/review/uploads.ts';
import { isAsSaid } from '../../shared/domain/review/learnerUpload.ts';
import { handedOut } from '../../shared/domain/review/mediaCheck.ts';
import { fail } from '../../shared/errors.ts';
import { fileOfToken } from '../../shared/flows/review/checkedMediaUrl.ts';
import { callback } from '../../shared/function.ts';
import { LEARNER_FILE_BYTES_MAX, LearnerFileType } from '../../shared/schemas/review/learnerUpload.ts';

/**
 * Hands a picture or a sound to WeChat's check, and records that it was fetched: only then does a pass count. The
 * address is given to WeChat alone, and opens one file for an hour. A file that is not what its type says is not handed
 * out, so no pass can count and staff decide.
 */
export const serveCheckedMedia = callback(
  {
    route: 'GET /api/checked-media',
    caller: 'WeChat',
    errors: ['notice.signature_invalid', 'upload.not_found', 'storage.unavailable'],
    bodyBytesMax: 1024,
    reads: { query: ['token'] },
    takes: [],
    answers: LearnerFileType.options,
  },
  async ({ query, now, ports }) => {
    const { question, ...file } = fileOfToken(ports, query.token ?? '', now);
    const upload = await uploads.find(ports.database, file.uploadId);
    const body = upload === null ? null : await ports.files.read(upload.key, LEARNER_FILE_BYTES_MAX);
    if (upload === null || body === null || !isAsSaid(upload, body)) throw fail('upload.not_found');
    await ports.database.tx((tx) =>
      mediaChecks.change(tx, file, (before) => handedOut(before, question), now),
    );
    return { status: 200, body, contentType: upload.contentType };
  },
);
