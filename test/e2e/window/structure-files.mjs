// One crystal of sodium chloride that swings a little, in each format that the viewer reads. Å, eV, fs; CP2K in its units.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const CELL = 5.64;
const SYMBOLS = ['Na', 'Na', 'Na', 'Na', 'Cl', 'Cl', 'Cl', 'Cl'];
const SITES = [
  [0, 0, 0],
  [0, 0.5, 0.5],
  [0.5, 0, 0.5],
  [0.5, 0.5, 0],
  [0.5, 0, 0],
  [0.5, 0.5, 0.5],
  [0, 0, 0.5],
  [0, 0.5, 0],
];
export const FRAMES = 12;
/** 11 MB of YAML. */
export const LARGE_FRAMES = 20_000;

/** Fractional coordinates of a frame, unwrapped. */
const sitesOf = (frame) =>
  SITES.map((site, atom) => site.map((x, k) => x + 0.02 * Math.sin(0.6 * frame + atom + 2 * k)));
const placesOf = (frame) => sitesOf(frame).map((site) => site.map((x) => x * CELL));
const digits = (numbers) => numbers.map((x) => x.toFixed(6)).join(' ');
const each = (from, to, text) => Array.from({ length: to - from }, (_, k) => text(from + k)).join('');

/** Extended XYZ with energies, times, forces (linear in the displacement) and charges. */
export const extendedXyz = (from, to) =>
  each(from, to, (frame) => {
    const rows = placesOf(frame).map((place, atom) => {
      const forces = place.map((x, k) => 3 * (SITES[atom][k] * CELL - x));
      return `${SYMBOLS[atom]} ${digits(place)} ${digits(forces)} ${atom < 4 ? 0.9 : -0.9}\n`;
    });
    return (
      `${SITES.length}\nLattice="${CELL} 0 0 0 ${CELL} 0 0 0 ${CELL}" Properties=species:S:1:pos:R:3:forces:R:3:charge:R:1 ` +
      `energy=${(-27 + 0.1 * Math.sin(0.6 * frame)).toFixed(6)} time=${10 * frame} pbc="T T T"\n${rows.join('')}`
    );
  });

/** Rows of a dump, in another order each time, as LAMMPS writes them. */
const dumped = (frame) => {
  const places = placesOf(frame);
  return SITES.map((_, k) => (k * 3 + frame) % SITES.length).map(
    (atom) => `${atom + 1} ${SYMBOLS[atom]} ${digits(places[atom])}`,
  );
};
const dump = each(0, FRAMES, (frame) => {
  const rows = dumped(frame).map((row) => `${row}\n`);
  const bounds = `0 ${CELL}\n`.repeat(3);
  return `ITEM: TIMESTEP\n${frame}\nITEM: NUMBER OF ATOMS\n8\nITEM: BOX BOUNDS pp pp pp\n${bounds}ITEM: ATOMS id element x y z\n${rows.join('')}`;
});

const yaml = (to) =>
  each(0, to, (frame) => {
    const rows = dumped(frame).map((row) => `  - [ ${row.replaceAll(' ', ' , ')}, ]\n`);
    const bounds = `  - [ 0, ${CELL} ]\n`.repeat(3);
    return `---\ncreator: LAMMPS\ntimestep: ${frame}\nnatoms: 8\nboundary: [ p, p, p, p, p, p, ]\nbox:\n${bounds}keywords: [ id, element, x, y, z,  ]\ndata:\n${rows.join('')}...\n`;
  });

const lammpsData = `sodium chloride

8 atoms
2 atom types
0 ${CELL} xlo xhi
0 ${CELL} ylo yhi
0 ${CELL} zlo zhi

Masses

1 22.98977 # Na
2 35.453 # Cl

Atoms # charge

${placesOf(0)
  .map((place, atom) => `${atom + 1} ${atom < 4 ? '1 0.9' : '2 -0.9'} ${digits(place)}\n`)
  .join('')}`;

const vaspHead = `sodium chloride\n1.0\n${CELL} 0 0\n0 ${CELL} 0\n0 0 ${CELL}\nNa Cl\n4 4\n`;
const direct = (frame) =>
  sitesOf(frame)
    .map((site) => `${digits(site)}\n`)
    .join('');

const n2p2 = each(0, FRAMES, (frame) => {
  const cell = `lattice ${CELL} 0 0\nlattice 0 ${CELL} 0\nlattice 0 0 ${CELL}\n`;
  const rows = placesOf(frame).map((place, atom) => `atom ${digits(place)} ${SYMBOLS[atom]} 0 0 0 0 0\n`);
  return `begin\n${cell}${rows.join('')}energy -27\ncharge 0\nend\n`;
});

const cp2k = (rows) =>
  each(0, FRAMES, (frame) => `8\n i = ${frame}, time = ${frame}.000, E = -60.5\n${rows(frame).join('')}`);
const cp2kPositions = cp2k((frame) => placesOf(frame).map((place, atom) => `${SYMBOLS[atom]} ${digits(place)}\n`));
const cp2kForces = cp2k(() => SYMBOLS.map((symbol) => `${symbol} 0.01 0.00 0.00\n`));

/** Files by name: what each holds, and how many frames. */
export const FORMATS = {
  'salt.dump': { text: dump, frames: FRAMES },
  'dump.salt.yaml': { text: yaml(FRAMES), frames: FRAMES },
  'salt.lmp': { text: lammpsData, frames: 1 },
  POSCAR: { text: `${vaspHead}Direct\n${direct(0)}`, frames: 1 },
  XDATCAR: {
    text: vaspHead + each(0, FRAMES, (frame) => `Direct configuration= ${frame + 1}\n${direct(frame)}`),
    frames: FRAMES,
  },
  'input.data': { text: n2p2, frames: FRAMES },
  'salt-pos-1.xyz': { text: cp2kPositions, frames: FRAMES },
  'packed.xyz.gz': { text: zlib.gzipSync(extendedXyz(0, FRAMES)), frames: FRAMES },
};

/** Writes all of them, what CP2K has of forces, and more for the tests: `growing.xyz` begins only. */
export function writeFormats(folder) {
  for (const [name, { text }] of Object.entries(FORMATS)) fs.writeFileSync(path.join(folder, name), text);
  fs.writeFileSync(path.join(folder, 'salt-frc-1.xyz'), cp2kForces);
  fs.writeFileSync(path.join(folder, 'salt.xyz'), extendedXyz(0, FRAMES));
  fs.writeFileSync(path.join(folder, 'salt.yml'), yaml(FRAMES));
  // Too large for the editor to open it as text without asking: no document, only a tab.
  fs.writeFileSync(path.join(folder, 'large.yml'), yaml(LARGE_FRAMES));
  fs.writeFileSync(path.join(folder, 'growing.xyz'), extendedXyz(0, 3));
  fs.writeFileSync(path.join(folder, 'broken.xyz'), 'three\n\nH 0 0 0\n');
}
