import { expect } from '@playwright/test';
import { testerWords } from './words.js';

/**
 * @import {Page} from '@playwright/test'
 * @import {Locale} from '../src/i18n/translate.js'
 * @import {Word} from '../src/features/tester/words.js'
 */

/** The page of the socket tester: what can be seen on it, and what can be done. */
export class Bench {
  /** @param {Page} page @param {Locale} [locale] */
  constructor(page, locale = 'en') {
    const t = testerWords(locale);
    this.page = page;
    this.t = t;
    this.connection = page.getByRole('region', { name: t('tester.connection') });
    this.frames = page.getByRole('region', { name: t('tester.frames') });
    this.console = page.getByRole('region', { name: t('push.title') });
    this.log = page.getByRole('log');
    this.state = this.connection.getByRole('status').last();
    this.opener = this.connection.getByRole('button', { name: t('tester.open'), exact: true });
    this.closer = this.connection.getByRole('button', { name: t('tester.close'), exact: true });
    this.box = this.frames.getByRole('textbox', { name: t('tester.frame') });
    this.said = this.console.getByRole('status');
  }

  async visit() {
    await this.page.goto('/tester');
    await expect(
      this.page.getByRole('heading', { level: 1, name: this.t('tester.title') }),
    ).toBeFocused();
  }

  /** @param {string} path @param {string} [dialect] as it stands on the page */
  async choose(path, dialect) {
    await this.connection.getByRole('radio', { name: path, exact: true }).check();
    if (dialect) await this.connection.getByRole('radio', { name: dialect, exact: true }).check();
  }

  /** Opens it, and sees it open. @param {string} path @param {string} [dialect] */
  async open(path, dialect) {
    await this.choose(path, dialect);
    await this.opener.click();
    await this.stands('tester.state.open');
  }

  async close() {
    await this.closer.click();
    await this.stands('tester.state.closed');
  }

  /** @param {Word} word */
  async stands(word) {
    await expect(this.state).toContainText(this.t(word));
  }

  /** @param {string} text */
  async send(text) {
    await this.box.fill(text);
    await this.box.press('Enter');
    await expect(this.box).toHaveValue('');
  }

  /** Lines of one kind. @param {'open' | 'sent' | 'received' | 'closed'} kind @param {string | RegExp} [text] */
  lines(kind, text) {
    const all = this.log.locator(`[data-kind=${kind}]`);
    return text === undefined ? all : all.filter({ hasText: text });
  }

  /** What came, as text, oldest first. */
  received() {
    return this.lines('received').locator('pre').allTextContents();
  }

  /** @param {string[]} texts exactly these came, in this order */
  async hears(texts) {
    await expect.poll(() => this.received()).toEqual(texts);
  }

  /** @param {Word} what @param {string} [text] */
  async push(what, text) {
    await this.console.getByRole('radio', { name: this.t(what), exact: true }).check();
    if (text !== undefined) await this.console.locator('textarea').fill(text);
    await this.console.getByRole('button', { name: this.t('push.push') }).click();
  }

  async pushed() {
    await expect(this.said).toHaveText(
      new RegExp(`^${this.t('push.done', { time: '[\\d:.]+' })}$`),
    );
  }
}
