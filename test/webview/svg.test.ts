/** Plots as SVG documents: what a plot draws, in elements that other programs read. */
import { expect, test } from 'vitest';
import { drawSvg } from '../../webview/plots/svg';

test('lines, text and marks become elements; text is escaped; styles end with restore', () => {
  const svg = drawSvg(200, 100, '#fff', (pen) => {
    pen.font = '11px "DejaVu Sans",sans-serif';
    pen.fillStyle = '#123456';
    pen.textBaseline = 'top';
    pen.fillText('<E> & "F" (eV/Å)', 10, 20);
    pen.save();
    pen.translate(5, 6);
    pen.rotate(-Math.PI / 2);
    pen.fillText('upwards', 0, 0);
    pen.restore();
    pen.beginPath();
    pen.rect(0, 0, 50, 50);
    pen.clip();
    pen.marks(Float32Array.of(1, 2, 3, 4), { shape: 'diamond', radius: 2, color: 'red', opacity: 0.5 });
    pen.setLineDash([2, 3]);
    pen.strokeStyle = 'blue';
    pen.strokeRect(1, 2, 3, 4);
  });
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="200" height="100"/);
  // Every quote is closed: outside of tags there is only text.
  expect(svg.replace(/<[^<>]*>/g, '').trim()).toBe('&lt;E&gt; &amp; &quot;F&quot; (eV/Å)upwards');
  expect(svg).toContain('font-family="&quot;DejaVu Sans&quot;,sans-serif"');
  expect(svg).toContain('transform="translate(5 6)rotate(-90)">upwards');
  expect(svg).toMatch(
    /<path d="M1 -0.4L3.4 2L1 4.4L-1.4 2ZM3 1.6[^"]*" fill="red" fill-opacity="0.5" clip-path="url\(#clip0\)"\/>/,
  );
  expect(svg).toMatch(/<rect x="1" y="2" width="3" height="4" fill="none" stroke="blue"[^>]*stroke-dasharray="2 3"/);
});
