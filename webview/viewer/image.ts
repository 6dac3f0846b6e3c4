/** Arithmetic of pictures. */

/** The picture of which `black` and `white` are what is seen on these backgrounds: what the latter adds shines through. */
export function unblend(black: ImageData, white: ImageData): ImageData {
  const result = new ImageData(black.width, black.height);
  for (let p = 0; p < result.data.length; p += 4) {
    const through = Math.max(0, ...[0, 1, 2].map((c) => white.data[p + c] - black.data[p + c]));
    const alpha = 255 - through;
    for (let c = 0; c < 3; c++) result.data[p + c] = alpha === 0 ? 0 : Math.min(255, (black.data[p + c] * 255) / alpha);
    result.data[p + 3] = alpha;
  }
  return result;
}
