import { DEFAULT_DAILY_VALUE } from '../../shared/domain/identity/proposal.ts';
import { DEFAULT_PACES } from '../../shared/domain/payments/pace.ts';
import { DEFAULT_SELLING } from '../../shared/domain/pricing/selling.ts';
import type { Settings } from '../../shared/ports/settings.ts';
import type { Talk } from '../../shared/schemas/talk/talk.ts';

/** Every feature switched on, for whoever has agreed to the rules. */
export const ALL_ON: Talk = {
  comments: 'on',
  topics: 'on',
  groups: 'on',
  articles: 'on',
  drops: 'on',
  trials: 'on',
  shares: 'on',
  touchDays: 15,
  questions: 'on',
  questionsOnIos: false,
  needsPhone: false,
};

/** The settings of a product under test: every default but what can be written, behind no proxy. */
export const defaultSettings: Settings = {
  corsOrigins: [],
  trustedProxies: 0,
  pathPrefix: '',
  publicUrl: 'https://api.example.com',
  busPushKeys: [],
  selling: DEFAULT_SELLING,
  talk: ALL_ON,
  templates: {},
  subscribeAnswers: 'push',
  paces: DEFAULT_PACES,
  dailyValue: DEFAULT_DAILY_VALUE,
};
