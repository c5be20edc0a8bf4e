// @ts-check
import { SetUpFault } from './set-up-fault.mjs';

/**
 * Prints the usage of a program that takes no arguments when it was asked for. Throws for any other argument.
 * @param {string} usage
 * @param {readonly string[]} args
 * @returns {boolean} whether that was all
 */
export function answersUsage(usage, args) {
  const unknown = args.find((arg) => arg !== '--help' && arg !== '-h');
  if (unknown !== undefined) throw new SetUpFault(`"${unknown}" is not understood.\n\n${usage}`, 2);
  if (args.length > 0) process.stdout.write(`${usage}\n`);
  return args.length > 0;
}
