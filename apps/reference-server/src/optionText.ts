import { InvalidArgumentError } from 'commander';

// How the text of a flag or a variable is read.

/** @throws {InvalidArgumentError} if the text is not an integer. */
export const integer = (text: string): number => {
  const value = Number(text);
  // An empty text, such as that of an unset variable of a shell, would be 0: any port.
  if (text.trim() === '' || !Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
};

/** Comma separated; empty entries do not count. */
export const list = (text: string): string[] => text.split(',').filter((entry) => entry !== '');

/** True if the variable of an option without a value says no. */
export const isNo = (text = ''): boolean => /^(0|false|no|off)?$/i.test(text);
