/** Stores the groups, the articles and the drop that a laptop starts with. */
import * as couponStocks from '../../shared/data/coupons/couponStocks.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import * as articles from '../../shared/data/talk/articles.ts';
import * as drops from '../../shared/data/talk/drops.ts';
import * as groups from '../../shared/data/talk/groups.ts';
import { draftArticle, publishArticle } from '../../shared/domain/talk/article.ts';
import { draftDrop, publishDrop } from '../../shared/domain/talk/drop.ts';
import { draftGroup, publishGroup } from '../../shared/domain/talk/group.ts';
import { stockOf } from '../../shared/flows/talk/closeDrop.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { seedArticles, seedDrop, seedGroups } from './rooms.ts';

type SeedPorts = Pick<Ports, 'database' | 'clock' | 'secrets'>;

async function storeDrop({ database, clock, secrets }: SeedPorts): Promise<void> {
  const draft = seedDrop();
  const now = clock.now();
  await database.tx(async (tx) => {
    if ((await drops.find(tx, draft.id)) !== null) return;
    const drafted = draftDrop(draft, secrets.digest('drop.draft', JSON.stringify(draft)), now);
    const template = await couponTemplates.get(tx, draft.templateId);
    const before = await stockOf(tx, template.id);
    const { drop, stocks } = publishDrop(drafted, { template, stocks: before }, now);
    await drops.insert(tx, drop);
    for (const [index, stock] of (stocks ?? []).entries())
      await couponStocks.save(tx, before[index] ?? null, stock);
  });
}

/** Stores what is missing, published. What exists already stays as it is. */
export async function seedRooms(ports: SeedPorts): Promise<void> {
  const { database, clock, secrets } = ports;
  const now = clock.now();
  for (const seed of seedGroups) {
    const draft = seed();
    await database.tx(async (tx) => {
      if ((await groups.find(tx, draft.id)) !== null) return;
      const drafted = draftGroup(draft, secrets.digest('group.draft', JSON.stringify(draft)), now);
      await groups.insert(tx, publishGroup(drafted, drafted.version, now));
    });
  }
  for (const seed of seedArticles) {
    const draft = seed();
    await database.tx(async (tx) => {
      if ((await articles.find(tx, draft.id)) !== null) return;
      const drafted = draftArticle(draft, secrets.digest('article.draft', JSON.stringify(draft)), now);
      await articles.insert(tx, publishArticle(drafted, drafted.version, now));
    });
  }
  await storeDrop(ports);
}
