import { expect } from '@playwright/test';
import { fixedWords, wordsOf } from './words.js';

/**
 * @import {Page} from '@playwright/test'
 * @import {Locale} from '../src/i18n/translate.js'
 */

/** Somebody before a screen: what can be seen on it, and what can be done. */
export class Guest {
  /** @param {Page} page @param {string} name @param {Locale} [locale] */
  constructor(page, name, locale = 'en') {
    const t = wordsOf(locale);
    this.page = page;
    this.name = name;
    this.locale = locale;
    this.t = t;
    this.list = page.getByRole('log');
    this.composer = page.getByRole('textbox', { name: fixedWords('composer.label', locale) });
    this.heading = page.getByRole('heading', { level: 1 });
    this.sidebar = page.getByRole('navigation', { name: t('rooms.title') });
    const counted = new RegExp(`${fixedWords('messages.latest.count', locale)}?$`);
    this.latest = page
      .getByRole('button', { name: counted })
      .or(page.getByRole('button', { name: t('messages.latest'), exact: true }));
    this.banner = page.getByRole('button', { name: t('banner.now') });
    this.pending = page.locator('article:has([data-state=pending])');
    this.failed = page.locator('article:has([data-state=failed])');
  }

  get context() {
    return this.page.context();
  }

  get phone() {
    return (this.page.viewportSize()?.width ?? 0) < 640;
  }

  /** @param {string} path */
  async visit(path) {
    await this.page.goto(path);
    await expect(this.page.locator('#root > :not([data-opening])').first()).toBeVisible();
  }

  /** One message by its text. @param {string} text */
  message(text) {
    return this.list
      .getByRole('article')
      .filter({ has: this.page.getByText(text, { exact: true }) });
  }

  /** What is said in the room, as it stands on the screen from top to bottom. */
  shown() {
    return this.list.evaluate((list) =>
      [...list.querySelectorAll('[data-index]')]
        .toSorted(
          (a, b) => Number(a.getAttribute('data-index')) - Number(b.getAttribute('data-index')),
        )
        .flatMap((row) => row.querySelector('article p[dir=auto]')?.textContent ?? []),
    );
  }

  /** The whole room shows exactly this, in this order, and nothing is on its way. @param {string[]} texts */
  async sees(texts) {
    await expect.poll(() => this.shown(), { message: `what ${this.name} sees` }).toEqual(texts);
    await expect(this.pending).toHaveCount(0);
  }

  /** @param {string} text */
  async write(text) {
    await this.composer.fill(text);
  }

  /** Sends it, and sees it among the messages. @param {string} text */
  async say(text) {
    await this.write(text);
    await this.composer.press('Enter');
    await expect(this.message(text)).toBeVisible();
  }

  /** Sends it, and waits until the server has it. @param {string} text */
  async tell(text) {
    await this.say(text);
    await expect(this.pending).toHaveCount(0);
  }

  /** Does not want to wait for the next attempt to connect, which may come first. */
  async hurry() {
    if (await this.banner.isVisible()) await this.banner.click({ timeout: 500 }).catch(() => {});
  }

  /**
   * Sees it once the server is there again: the longer it was away, the longer
   * the next attempt to connect may be off, and nobody wants to wait for that.
   * @param {string[]} texts
   */
  async seesAgain(texts) {
    await expect(async () => {
      await this.hurry();
      expect(await this.shown(), `what ${this.name} sees`).toEqual(texts);
      await expect(this.pending).toHaveCount(0, { timeout: 500 });
    }).toPass();
  }

  /** The way to a room in the list. @param {string} name */
  link(name) {
    return this.sidebar
      .getByRole('link')
      .filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** How many messages the list of rooms calls unread. @param {string} name @returns {Promise<number>} */
  async unread(name) {
    const label = await this.link(name).getAttribute('aria-label');
    return label ? Number(/(\d+) unread/.exec(label)?.[1]) : 0;
  }

  /** Where the list of rooms is in sight: on a phone that is a screen of its own. */
  async seeRooms() {
    const back = this.page.getByRole('button', { name: this.t('action.back') });
    await expect(this.sidebar.or(back).first()).toBeVisible();
    if (await this.sidebar.isVisible()) return;
    await back.click();
    await expect(this.sidebar).toBeVisible();
  }

  /** @param {string} name */
  async go(name) {
    await this.seeRooms();
    await this.link(name).click();
    await expect(this.heading).toHaveText(name);
  }

  /** @param {string} name @param {string} [topic] */
  async createRoom(name, topic = '') {
    await this.seeRooms();
    await this.sidebar
      .getByRole('button', { name: this.t('rooms.create') })
      .first()
      .click();
    const dialog = this.dialog(this.t('create.title'));
    await dialog.getByLabel(this.t('create.name')).fill(name);
    await dialog.getByLabel(this.t('create.topic')).fill(topic);
    await dialog.getByRole('button', { name: this.t('create.submit') }).click();
    await expect(this.heading).toHaveText(name);
  }

  async browse() {
    await this.seeRooms();
    await this.sidebar.getByRole('button', { name: this.t('rooms.browse') }).click();
    return this.dialog(this.t('browse.title'));
  }

  /** Opens one's own menu and picks from it. @param {string} item */
  async pick(item) {
    await this.seeRooms();
    await this.sidebar.getByRole('button', { name: this.t('me.menu') }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** @param {string} title */
  dialog(title) {
    return this.page.getByRole('dialog', { name: title });
  }

  /** Another tab of the same browser. @param {string} [path] */
  async tab(path = '/rooms/general') {
    const other = new Guest(await this.context.newPage(), this.name, this.locale);
    await other.visit(path);
    return other;
  }

  /** How far the newest message is from the lower edge of the list, in pixels. */
  async belowTheEnd() {
    return this.list.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);
  }
}

/** Comes in through the front door. @param {Page} page @param {string} name */
export async function enter(page, name) {
  await page.getByRole('textbox', { name: wordsOf()('welcome.name') }).fill(name);
  await page.getByRole('button', { name: wordsOf()('welcome.enter') }).click();
}
