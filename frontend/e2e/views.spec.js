import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './fixtures.js';
import { locales, tours } from './tours.js';
import { wordsOf } from './words.js';

/** @import {Page} from '@playwright/test' */

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Axe finds nothing.
 * @param {Page} page
 * @param {string} view
 * @param {{only?: string, but?: string}} [rules] one rule instead of all, or all but one
 */
async function audit(page, view, { only, but } = {}) {
  // It is given to each document once, and tells of violations alone: all else
  // takes longer than to look for them. No frames: that takes half the time too.
  const there = await page.evaluate(() => 'axe' in window);
  const axe = new AxeBuilder({ page, ...(there && { axeSource: ';' }) })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] });
  if (only) axe.withRules(only);
  else axe.withTags(tags);
  if (but) axe.disableRules(but);
  const { violations } = await axe.analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    rule: id,
    help,
    where: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
  }));
  expect.soft(found, view).toEqual([]);
}

/** Every view in light and dark: no barrier, and nothing sticks out sideways. @param {Page} page @param {string} view */
async function inspect(page, view) {
  await page.emulateMedia({ colorScheme: 'light' });
  await audit(page, `${view}, light`);
  // What else axe looks at does not depend on the colours.
  await page.emulateMedia({ colorScheme: 'dark' });
  await audit(page, `${view}, dark`, { only: 'color-contrast' });
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(wide, `${view}: no scrolling sideways`).toBe(0);
}

for (const locale of locales) {
  for (const [name, tour] of Object.entries(tours)) {
    test(`no view has barriers: ${name}, ${locale} @phone`, async ({
      server,
      device,
      guest,
      problems,
    }) => {
      test.setTimeout(180_000);
      const t = wordsOf(locale);
      await tour({ server, device, guest, problems, locale, t, see: inspect });
    });
  }
}

// Colours of the system's own choosing, as people with poor sight set them.
for (const [name, tour] of Object.entries(tours)) {
  test(`no view has barriers in forced colours: ${name}`, async ({
    server,
    device,
    guest,
    problems,
  }) => {
    test.setTimeout(180_000);
    /** @type {import('@playwright/test').BrowserContextOptions} */
    const forced = { forcedColors: 'active', colorScheme: 'dark' };
    await tour({
      server,
      problems,
      device: (options) => device({ ...options, ...forced }),
      guest: (name, options) => guest(name, { ...options, ...forced }),
      locale: 'en',
      t: wordsOf('en'),
      // The contrast is the system's; axe reads colours that are not painted.
      see: (page, view) => audit(page, `${view}, forced colours`, { but: 'color-contrast' }),
    });
  });
}
