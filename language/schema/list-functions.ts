/** The functions that make lists of numbers, with their parameters. */
export const listFunctions = {
  linspace: 'linspace(first, last, count)',
  geomspace: 'geomspace(first, last, count)',
} as const;
