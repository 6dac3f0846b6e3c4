export function showResults(_root: HTMLElement): void {}
