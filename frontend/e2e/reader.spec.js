import { expect, test } from './fixtures.js';
import { sayAll } from './network.js';
import { scrollBy, settled } from './scrolling.js';
import { voice } from './voices.js';
import { t } from './words.js';

/** @import {Page} from '@playwright/test' */

/**
 * One thing that is read aloud.
 * @typedef {{role: string, name: string, description: string, live: string, pressed: string}} Heard
 */

/**
 * What a screen reader is told of everything in the list of messages, in the
 * order in which it goes through it.
 * @param {Page} page
 */
async function heardIn(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  /** @param {typeof nodes[number]} node @returns {Heard} */
  const told = (node) => {
    /** @param {string} name */
    const property = (name) =>
      String(node.properties?.find((property) => property.name === name)?.value.value ?? '');
    return {
      role: node.role?.value,
      name: node.name?.value ?? '',
      description: node.description?.value ?? '',
      live: property('live'),
      pressed: property('pressed'),
    };
  };
  /** @param {typeof nodes[number]} node @returns {Heard[]} */
  const walk = (node) => [
    ...(node.ignored ? [] : [told(node)]),
    ...(node.childIds ?? []).flatMap((id) => {
      const child = byId.get(id);
      return child ? walk(child) : [];
    }),
  ];
  const log = nodes.find((node) => node.role?.value === 'log');
  if (!log) throw new Error('there is no log');
  return walk(log);
}

test('what a screen reader is told of the messages: a log, in order, by whom, when and what', async ({
  device,
  guest,
}) => {
  const bob = await voice(await device(), 'Bob');
  const cleo = await voice(await device(), 'Cleo');
  const ada = await guest('Ada');
  const first = await bob.say('general', 'Is the kettle on?');
  await cleo.react('general', first, '🍵');
  await bob.react('general', first, '🍵');
  const second = await bob.say('general', 'Green, plesae');
  await bob.edit('general', second, 'Green, please');
  const third = await cleo.say('general', 'never mind');
  await cleo.remove('general', third);
  await ada.tell('Coming with cups');
  await expect(ada.list.getByText(t('messages.deleted'))).toBeVisible();
  await expect(ada.list.getByText('Green, please')).toBeVisible();
  await ada.composer.hover();
  const [log, ...inside] = await heardIn(ada.page);
  expect(log).toMatchObject({
    role: 'log',
    name: t('messages.label', { room: 'General' }),
    live: 'polite',
  });

  // The time is of the day this runs on.
  const heard = inside
    .filter(({ role }) => ['heading', 'article', 'group', 'button'].includes(role))
    .map(({ role, name, description, pressed }) => ({
      role,
      name: name.replace(/\d+:\d+/, 'TIME'),
      ...(role === 'article' ? { description: description.replace(/ ?\(/, ' (') } : {}),
      ...(pressed ? { pressed } : {}),
    }));
  /** @param {string} name */
  const by = (name) => t('messages.by', { name, time: 'TIME' });
  expect(heard).toEqual([
    { role: 'heading', name: t('messages.start', { room: 'General' }) },
    { role: 'article', name: by('Bob'), description: 'Is the kettle on?' },
    { role: 'group', name: t('reactions.label') },
    {
      role: 'button',
      name: t('reactions.by', { emoji: '🍵', count: 2, names: 'Cleo and Bob' }),
      pressed: 'false',
    },
    { role: 'button', name: t('actions.pick') },
    {
      role: 'article',
      name: by('Bob'),
      description: `Green, please (${t('messages.edited')})`,
    },
    { role: 'article', name: by('Cleo'), description: t('messages.deleted') },
    { role: 'article', name: by('Ada'), description: 'Coming with cups' },
  ]);
});

test('what a screen reader is told of a message that waits, and of one that was refused', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  await server.kill();
  const long = 'a good long word about tea. '.repeat(10).trim();
  await ada.say(long);
  const waiting = await heardIn(ada.page);
  expect(waiting.some(({ name }) => name === t('messages.waiting'))).toBe(true);
  await server.start({ LIMIT_BODY: '100' });
  await expect(ada.failed).toHaveCount(1, { timeout: 20_000 });
  const refused = await heardIn(ada.page);
  const alert = refused.findIndex(({ role }) => role === 'alert');
  expect(refused[alert].live).toBe('assertive');
  const buttons = refused.slice(alert).filter(({ role }) => role === 'button');
  expect(buttons.map(({ name }) => name).slice(0, 2)).toEqual([
    t('messages.retry'),
    t('messages.delete'),
  ]);
  expect(refused.some(({ name }) => name === t('messages.failed.too_long'))).toBe(true);
});

test('who jumps to the newest is not read what was there before', async ({ guest }) => {
  const bob = await guest('Bob');
  await sayAll(
    bob.page,
    'general',
    Array.from({ length: 90 }, (_, at) => `line ${at + 1}`),
  );
  const ada = await guest('Ada');
  await expect(ada.message('line 90')).toBeInViewport();
  await expect(ada.list).toHaveAttribute('aria-live', 'polite');
  await scrollBy(ada.list, -2_000);
  await expect(ada.list).toHaveAttribute('aria-live', 'off');
  await settled(ada.list);
  const watch = await ada.list.evaluateHandle((list) => {
    const seen = { drawn: 0, live: Infinity, aloud: 0 };
    new MutationObserver((changes) => {
      for (const { type, addedNodes } of changes) {
        if (type === 'attributes') {
          if (list.getAttribute('aria-live') === 'polite') seen.live = performance.now();
        } else if (
          [...addedNodes].some((node) => node instanceof HTMLElement && node.dataset.index)
        ) {
          seen.drawn = performance.now();
          if (list.getAttribute('aria-live') === 'polite') seen.aloud += 1;
        }
      }
    }).observe(list, { subtree: true, childList: true, attributeFilter: ['aria-live'] });
    return seen;
  });
  await ada.latest.click();
  await expect(ada.message('line 90')).toBeInViewport();
  await expect(ada.list).toHaveAttribute('aria-live', 'polite');
  const { drawn, live, aloud } = await watch.jsonValue();
  expect(drawn).toBeGreaterThan(0);
  expect(aloud).toBe(0);
  // Browsers tell screen readers of what was drawn some frames later.
  expect(live - drawn).toBeGreaterThan(200);
});
