/** @import {Reporter, TestCase, TestResult, FullResult} from '@playwright/test/reporter' */

const SLOWEST = 5;

/**
 * One line at the end that says how it went, and which tests took the longest.
 * @implements {Reporter}
 */
export default class Summary {
  /** @type {Map<string, number>} */
  counts = new Map();

  /** @type {{title: string, took: number}[]} */
  tests = [];

  /** @param {TestCase} test @param {TestResult} result */
  onTestEnd(test, result) {
    this.counts.set(result.status, (this.counts.get(result.status) ?? 0) + 1);
    this.tests.push({ title: test.titlePath().slice(1).join(' › '), took: result.duration });
  }

  /** @param {FullResult} result */
  onEnd(result) {
    const counts = [...this.counts].map(([status, count]) => `${count} ${status}`).join(', ');
    const lines = [`e2e: ${counts || 'nothing ran'} in ${seconds(result.duration)}`];
    for (const { title, took } of this.tests
      .toSorted((a, b) => b.took - a.took)
      .slice(0, SLOWEST)) {
      lines.push(`  ${seconds(took).padStart(7)}  ${title}`);
    }
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;
