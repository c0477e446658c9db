/** A field for a file: chosen, sent straight to the storage, and known by its key or its address from then on. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { UploadView } from '../../client/types.ts';
import { troubleOf } from '../engine/desk.ts';
import { useDesk } from '../engine/hooks.ts';
import { isPicture } from '../engine/value.tsx';
import { mp4Seconds } from './mediaLength.ts';
import {
  acceptOf,
  askedFor,
  type Sending,
  send,
  sizeWords,
  type UploadKind,
  UploadRefused,
} from './uploads.ts';

/** A file that has arrived. */
export interface Uploaded {
  readonly upload: UploadView;
  /** How long it plays; null when the file does not say so. */
  readonly seconds: number | null;
}

interface State {
  /** The name and the size of the file on its way, or of the one that was sent last. */
  readonly name: string | null;
  readonly share: number | null;
  readonly says: string | null;
}

const NOTHING: State = { name: null, share: null, says: null };

async function secondsOf(file: File): Promise<number | null> {
  const read = async (from: number, until: number) =>
    new DataView(await file.slice(from, until).arrayBuffer());
  try {
    return /\.(mp4|m4a)$/i.test(file.name) ? await mp4Seconds(read, file.size) : null;
  } catch {
    // A file that cannot be read as MP4 says nothing of its length. The storage takes it all the same.
    return null;
  }
}

function useUpload(kind: UploadKind, done: (uploaded: Uploaded) => void) {
  const desk = useDesk();
  const [state, show] = useState<State>(NOTHING);
  const sending = useRef<Sending | null>(null);
  useEffect(() => () => sending.current?.stop(), []);
  const start = async (file: File) => {
    sending.current?.stop();
    const asked = askedFor(kind, file);
    const name = `${file.name}（${sizeWords(file.size)}）`;
    if ('says' in asked) return show({ name: null, share: null, says: asked.says });
    show({ name, share: 0, says: null });
    try {
      const { upload } = await desk.call('createUpload', { upload: asked.upload });
      const own = send(upload, file, (share) => show({ name, share, says: null }));
      sending.current = own;
      await own.done;
      done({ upload, seconds: await secondsOf(file) });
      show({ name, share: null, says: null });
    } catch (thrown) {
      const says = thrown instanceof UploadRefused ? thrown.message : troubleOf(thrown).says;
      show({ name: null, share: null, says });
    }
    sending.current = null;
  };
  return { state, start, stop: () => sending.current?.stop() };
}

/** The field. `value` is the key or the address; empty for no file. */
export function FileField({
  label,
  kind,
  value,
  set,
  clear,
  hint,
  fault,
}: {
  readonly label: string;
  readonly kind: UploadKind;
  readonly value: string;
  readonly set: (uploaded: Uploaded) => void;
  /** Takes the file away; left out where there must be one. */
  readonly clear?: () => void;
  readonly hint: string;
  readonly fault: string | null;
}) {
  const id = useId();
  const { state, start, stop } = useUpload(kind, set);
  const isGoing = state.share !== null;
  const says = state.says ?? fault;
  return (
    <div class="field file">
      <label for={id}>{label}</label>
      {kind === 'cover' && isPicture(value) && !isGoing && <img src={value} alt="现在的封面" />}
      <div class="chosen">
        {isGoing ? (
          <>
            <progress max={1} value={state.share ?? 0} aria-label={`正在上传 ${state.name}`} />
            <button type="button" class="small plain" onClick={stop}>
              停止
            </button>
          </>
        ) : (
          <>
            <span>
              {value === '' ? '还没有文件' : (state.name ?? value.slice(value.lastIndexOf('/') + 1))}
            </span>
            {value !== '' && clear !== undefined && (
              <button type="button" class="small plain" onClick={clear}>
                移除
              </button>
            )}
          </>
        )}
      </div>
      <input
        id={id}
        type="file"
        accept={acceptOf(kind)}
        aria-describedby={`${id}-says`}
        aria-invalid={says !== null}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) void start(file);
          currentTarget.value = '';
        }}
      />
      <div id={`${id}-says`} class={says === null ? 'hint' : 'fault'} role="status">
        {says ?? (isGoing ? `正在上传 ${state.name}，${Math.floor((state.share ?? 0) * 100)}%` : hint)}
      </div>
    </div>
  );
}
