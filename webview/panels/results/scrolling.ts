/** Keeps how far a panel is scrolled, and scrolls there again as soon as what it shows is long enough, unless the person does. */
export function keepScroll(
  element: HTMLElement,
  initial: number,
  onScroll: (top: number) => void,
): { /** What is shown has changed. */ settle(): void } {
  let wanted = initial;
  const give = (): void => {
    wanted = 0;
  };
  for (const gesture of ['wheel', 'pointerdown', 'keydown']) element.addEventListener(gesture, give, { passive: true });
  element.addEventListener(
    'scroll',
    () => {
      if (wanted === 0) onScroll(element.scrollTop);
    },
    { passive: true },
  );
  return {
    settle: () => {
      if (wanted === 0 || element.scrollHeight - element.clientHeight < wanted) return;
      element.scrollTop = wanted;
      wanted = 0;
    },
  };
}
