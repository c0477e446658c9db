/** Every collection is audited, or it is said why not. */
import { AuditedStore } from '../../shared/commands/auditedStore.ts';
import { collections } from '../../shared/data/collections.ts';

/** The collections that the audit does not read, and why nothing in them can contradict anything else. */
const UNAUDITED: readonly (readonly [why: string, names: readonly string[]])[] = [
  [
    'it is what staff wrote, and nothing is counted in it',
    [
      'articleTags',
      'campaigns',
      'categories',
      'contents',
      'courses',
      'lessons',
      'products',
      'quizzes',
      'legalTexts',
      'currentTexts',
    ],
  ],
  [
    'it says who somebody is, or that they were here',
    [
      'identities',
      'sessions',
      'secondFactors',
      'usedCodes',
      'attempts',
      'nameWords',
      'proposals',
      'consentEntries',
      'invitations',
      'valueMade',
    ],
  ],
  ['it is a wish of one person, about which nothing else says anything', ['blocks', 'carts']],
  [
    'it is derived from audited documents, or limits what is done',
    ['openOrders', 'learners', 'paces', 'codeBatches', 'usages', 'experts'],
  ],
  [
    'it is a record of the platform, of our own checks, or of where somebody came from',
    ['evidence', 'looks', 'touches', 'mediaTraces', 'paymentExceptions', 'platformRefusals', 'railGoods'],
  ],
  ['its own command checks it: `npm run staff -- verify-audit`', ['auditHeads']],
];

test('the audit reads every collection, or it is said why not', () => {
  const isRead = ({ name }: { readonly name: string }) => {
    const store = new AuditedStore();
    store.add({ collection: name, doc: {} });
    return store.malformed.length > 0;
  };
  const unread = collections.filter((each) => !isRead(each)).map(({ name }) => name);
  expect(unread.sort()).toEqual(UNAUDITED.flatMap(([, names]) => names).sort());
});
