import { DEFAULT_DAILY_VALUE } from '../../shared/domain/identity/proposal.ts';
import { DEFAULT_PACES } from '../../shared/domain/payments/pace.ts';
import { DEFAULT_SELLING } from '../../shared/domain/pricing/selling.ts';
import type { Settings } from '../../shared/ports/settings.ts';

/** The settings of a product under test: every default, behind no proxy. */
export const defaultSettings: Settings = {
  corsOrigins: [],
  trustedProxies: 0,
  pathPrefix: '',
  busPushKeys: [],
  selling: DEFAULT_SELLING,
  paces: DEFAULT_PACES,
  dailyValue: DEFAULT_DAILY_VALUE,
};
