// @ts-check

/** A reason why setting up cannot go on, told in words for the person who started it. */
export class SetUpFault extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
