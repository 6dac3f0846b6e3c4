/** Patterns that stand for several files, `"data/*.xyz"`: what they match is found out by engine and server. */

/** Whether a path is one. */
export const isGlob = (path: string): boolean => /[*?]/.test(path);
