// @ts-check

/** Counts what passed and keeps the names of what failed. */
export class Tally {
  passed = 0;
  /** @type {string[]} */
  failures = [];

  /** @param {number} count */
  pass(count) {
    this.passed += count;
  }

  /** @param {string} name */
  fail(name) {
    this.failures.push(name);
  }

  /** What is printed last of all. The very last line has the two numbers alone. */
  summary() {
    const names = this.failures.map((name) => `  failed: ${name}`);
    return [...names, `${this.passed} passed, ${this.failures.length} failed`].join('\n');
  }
}
