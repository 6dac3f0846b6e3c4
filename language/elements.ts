/**
 * The periodic table: what the language, the readers, molecular dynamics and the viewer need to know of an element.
 *
 * Units: mass in amu, radii in Å, colour as 0xRRGGBB.
 * Sources: masses are IUPAC standard atomic weights (conventional value where IUPAC gives an interval; the longest-lived
 * isotope where there is no stable one), Meija et al., Pure Appl. Chem. 88, 265 (2016). Covalent radii: Cordero et al.,
 * Dalton Trans. 2832 (2008) (C sp³; low-spin Mn, Fe, Co), which end at curium; the value of curium stands for what
 * follows. Van der Waals radii: Alvarez, Dalton Trans. 42, 8617 (2013); where that has none, covalent radius + 1 Å, the
 * usual difference. Colours: Jmol; its last one stands for what follows meitnerium.
 *
 * Order is meaning here: the row of an element is its atomic number.
 */

export interface Element {
  readonly symbol: string;
  /** English name as IUPAC spells it, in lower case. */
  readonly name: string;
  /** amu */
  readonly mass: number;
  /** Å */
  readonly covalentRadius: number;
  /** Å */
  readonly vdwRadius: number;
  /** 0xRRGGBB */
  readonly color: number;
}

type Row = readonly [
  symbol: string,
  name: string,
  mass: number,
  covalentRadius: number,
  vdwRadius: number,
  color: number,
];

const rows: readonly Row[] = [
  // So that the index is the atomic number. Readers of formats with types instead of elements give it to unknown ones.
  ['X', 'unknown', 0, 0.7, 1.7, 0xff1493],
  ['H', 'hydrogen', 1.008, 0.31, 1.2, 0xffffff],
  ['He', 'helium', 4.002602, 0.28, 1.43, 0xd9ffff],
  ['Li', 'lithium', 6.94, 1.28, 2.12, 0xcc80ff],
  ['Be', 'beryllium', 9.0121831, 0.96, 1.98, 0xc2ff00],
  ['B', 'boron', 10.81, 0.84, 1.91, 0xffb5b5],
  ['C', 'carbon', 12.011, 0.76, 1.77, 0x909090],
  ['N', 'nitrogen', 14.007, 0.71, 1.66, 0x3050f8],
  ['O', 'oxygen', 15.999, 0.66, 1.5, 0xff0d0d],
  ['F', 'fluorine', 18.998403163, 0.57, 1.46, 0x90e050],
  ['Ne', 'neon', 20.1797, 0.58, 1.58, 0xb3e3f5],
  ['Na', 'sodium', 22.98976928, 1.66, 2.5, 0xab5cf2],
  ['Mg', 'magnesium', 24.305, 1.41, 2.51, 0x8aff00],
  ['Al', 'aluminium', 26.9815385, 1.21, 2.25, 0xbfa6a6],
  ['Si', 'silicon', 28.085, 1.11, 2.19, 0xf0c8a0],
  ['P', 'phosphorus', 30.973761998, 1.07, 1.9, 0xff8000],
  ['S', 'sulfur', 32.06, 1.05, 1.89, 0xffff30],
  ['Cl', 'chlorine', 35.45, 1.02, 1.82, 0x1ff01f],
  ['Ar', 'argon', 39.948, 1.06, 1.83, 0x80d1e3],
  ['K', 'potassium', 39.0983, 2.03, 2.73, 0x8f40d4],
  ['Ca', 'calcium', 40.078, 1.76, 2.62, 0x3dff00],
  ['Sc', 'scandium', 44.955908, 1.7, 2.58, 0xe6e6e6],
  ['Ti', 'titanium', 47.867, 1.6, 2.46, 0xbfc2c7],
  ['V', 'vanadium', 50.9415, 1.53, 2.42, 0xa6a6ab],
  ['Cr', 'chromium', 51.9961, 1.39, 2.45, 0x8a99c7],
  ['Mn', 'manganese', 54.938044, 1.39, 2.45, 0x9c7ac7],
  ['Fe', 'iron', 55.845, 1.32, 2.44, 0xe06633],
  ['Co', 'cobalt', 58.933194, 1.26, 2.4, 0xf090a0],
  ['Ni', 'nickel', 58.6934, 1.24, 2.4, 0x50d050],
  ['Cu', 'copper', 63.546, 1.32, 2.38, 0xc88033],
  ['Zn', 'zinc', 65.38, 1.22, 2.39, 0x7d80b0],
  ['Ga', 'gallium', 69.723, 1.22, 2.32, 0xc28f8f],
  ['Ge', 'germanium', 72.63, 1.2, 2.29, 0x668f8f],
  ['As', 'arsenic', 74.921595, 1.19, 1.88, 0xbd80e3],
  ['Se', 'selenium', 78.971, 1.2, 1.82, 0xffa100],
  ['Br', 'bromine', 79.904, 1.2, 1.86, 0xa62929],
  ['Kr', 'krypton', 83.798, 1.16, 2.25, 0x5cb8d1],
  ['Rb', 'rubidium', 85.4678, 2.2, 3.21, 0x702eb0],
  ['Sr', 'strontium', 87.62, 1.95, 2.84, 0x00ff00],
  ['Y', 'yttrium', 88.90584, 1.9, 2.75, 0x94ffff],
  ['Zr', 'zirconium', 91.224, 1.75, 2.52, 0x94e0e0],
  ['Nb', 'niobium', 92.90637, 1.64, 2.56, 0x73c2c9],
  ['Mo', 'molybdenum', 95.95, 1.54, 2.45, 0x54b5b5],
  ['Tc', 'technetium', 97.90721, 1.47, 2.44, 0x3b9e9e],
  ['Ru', 'ruthenium', 101.07, 1.46, 2.46, 0x248f8f],
  ['Rh', 'rhodium', 102.9055, 1.42, 2.44, 0x0a7d8c],
  ['Pd', 'palladium', 106.42, 1.39, 2.15, 0x006985],
  ['Ag', 'silver', 107.8682, 1.45, 2.53, 0xc0c0c0],
  ['Cd', 'cadmium', 112.414, 1.44, 2.49, 0xffd98f],
  ['In', 'indium', 114.818, 1.42, 2.43, 0xa67573],
  ['Sn', 'tin', 118.71, 1.39, 2.42, 0x668080],
  ['Sb', 'antimony', 121.76, 1.39, 2.47, 0x9e63b5],
  ['Te', 'tellurium', 127.6, 1.38, 1.99, 0xd47a00],
  ['I', 'iodine', 126.90447, 1.39, 2.04, 0x940094],
  ['Xe', 'xenon', 131.293, 1.4, 2.06, 0x429eb0],
  ['Cs', 'caesium', 132.90545196, 2.44, 3.48, 0x57178f],
  ['Ba', 'barium', 137.327, 2.15, 3.03, 0x00c900],
  ['La', 'lanthanum', 138.90547, 2.07, 2.98, 0x70d4ff],
  ['Ce', 'cerium', 140.116, 2.04, 2.88, 0xffffc7],
  ['Pr', 'praseodymium', 140.90766, 2.03, 2.92, 0xd9ffc7],
  ['Nd', 'neodymium', 144.242, 2.01, 2.95, 0xc7ffc7],
  ['Pm', 'promethium', 144.91276, 1.99, 2.99, 0xa3ffc7],
  ['Sm', 'samarium', 150.36, 1.98, 2.9, 0x8fffc7],
  ['Eu', 'europium', 151.964, 1.98, 2.87, 0x61ffc7],
  ['Gd', 'gadolinium', 157.25, 1.96, 2.83, 0x45ffc7],
  ['Tb', 'terbium', 158.92535, 1.94, 2.79, 0x30ffc7],
  ['Dy', 'dysprosium', 162.5, 1.92, 2.87, 0x1fffc7],
  ['Ho', 'holmium', 164.93033, 1.92, 2.81, 0x00ff9c],
  ['Er', 'erbium', 167.259, 1.89, 2.83, 0x00e675],
  ['Tm', 'thulium', 168.93422, 1.9, 2.79, 0x00d452],
  ['Yb', 'ytterbium', 173.054, 1.87, 2.8, 0x00bf38],
  ['Lu', 'lutetium', 174.9668, 1.87, 2.74, 0x00ab24],
  ['Hf', 'hafnium', 178.49, 1.75, 2.63, 0x4dc2ff],
  ['Ta', 'tantalum', 180.94788, 1.7, 2.53, 0x4da6ff],
  ['W', 'tungsten', 183.84, 1.62, 2.57, 0x2194d6],
  ['Re', 'rhenium', 186.207, 1.51, 2.49, 0x267dab],
  ['Os', 'osmium', 190.23, 1.44, 2.48, 0x266696],
  ['Ir', 'iridium', 192.217, 1.41, 2.41, 0x175487],
  ['Pt', 'platinum', 195.084, 1.36, 2.29, 0xd0d0e0],
  ['Au', 'gold', 196.966569, 1.36, 2.32, 0xffd123],
  ['Hg', 'mercury', 200.592, 1.32, 2.45, 0xb8b8d0],
  ['Tl', 'thallium', 204.38, 1.45, 2.47, 0xa6544d],
  ['Pb', 'lead', 207.2, 1.46, 2.6, 0x575961],
  ['Bi', 'bismuth', 208.9804, 1.48, 2.54, 0x9e4fb5],
  ['Po', 'polonium', 208.98243, 1.4, 2.4, 0xab5c00],
  ['At', 'astatine', 209.98715, 1.5, 2.5, 0x754f45],
  ['Rn', 'radon', 222.01758, 1.5, 2.5, 0x428296],
  ['Fr', 'francium', 223.01974, 2.6, 3.6, 0x420066],
  ['Ra', 'radium', 226.02541, 2.21, 3.21, 0x007d00],
  ['Ac', 'actinium', 227.02775, 2.15, 2.8, 0x70abfa],
  ['Th', 'thorium', 232.0377, 2.06, 2.93, 0x00baff],
  ['Pa', 'protactinium', 231.03588, 2.0, 2.88, 0x00a1ff],
  ['U', 'uranium', 238.02891, 1.96, 2.71, 0x008fff],
  ['Np', 'neptunium', 237.04817, 1.9, 2.82, 0x0080ff],
  ['Pu', 'plutonium', 244.06421, 1.87, 2.81, 0x006bff],
  ['Am', 'americium', 243.06138, 1.8, 2.83, 0x545cf2],
  ['Cm', 'curium', 247.07035, 1.69, 3.05, 0x785ce3],
  ['Bk', 'berkelium', 247.07031, 1.69, 3.4, 0x8a4fe3],
  ['Cf', 'californium', 251.07959, 1.69, 3.05, 0xa136d4],
  ['Es', 'einsteinium', 252.083, 1.69, 2.7, 0xb31fd4],
  ['Fm', 'fermium', 257.09511, 1.69, 2.69, 0xb31fba],
  ['Md', 'mendelevium', 258.09843, 1.69, 2.69, 0xb30da6],
  ['No', 'nobelium', 259.101, 1.69, 2.69, 0xbd0d87],
  ['Lr', 'lawrencium', 262.11, 1.69, 2.69, 0xc70066],
  ['Rf', 'rutherfordium', 267.122, 1.69, 2.69, 0xcc0059],
  ['Db', 'dubnium', 268.126, 1.69, 2.69, 0xd1004f],
  ['Sg', 'seaborgium', 271.134, 1.69, 2.69, 0xd90045],
  ['Bh', 'bohrium', 270.133, 1.69, 2.69, 0xe00038],
  ['Hs', 'hassium', 269.1338, 1.69, 2.69, 0xe6002e],
  ['Mt', 'meitnerium', 278.156, 1.69, 2.69, 0xeb0026],
  ['Ds', 'darmstadtium', 281.165, 1.69, 2.69, 0xeb0026],
  ['Rg', 'roentgenium', 281.166, 1.69, 2.69, 0xeb0026],
  ['Cn', 'copernicium', 285.177, 1.69, 2.69, 0xeb0026],
  ['Nh', 'nihonium', 286.182, 1.69, 2.69, 0xeb0026],
  ['Fl', 'flerovium', 289.19, 1.69, 2.69, 0xeb0026],
  ['Mc', 'moscovium', 289.194, 1.69, 2.69, 0xeb0026],
  ['Lv', 'livermorium', 293.204, 1.69, 2.69, 0xeb0026],
  ['Ts', 'tennessine', 293.208, 1.69, 2.69, 0xeb0026],
  ['Og', 'oganesson', 294.214, 1.69, 2.69, 0xeb0026],
];

/** Indexed by atomic number, 1 to 118; index 0 is a placeholder 'X'. */
export const elements: readonly Element[] = rows.map(([symbol, name, mass, covalentRadius, vdwRadius, color]) => ({
  symbol,
  name,
  mass,
  covalentRadius,
  vdwRadius,
  color,
}));

const numbers: ReadonlyMap<string, number> = new Map(elements.slice(1).map(({ symbol }, index) => [symbol, index + 1]));

/** Atomic number of a symbol as written in the periodic table ('Si', not 'SI'); undefined if there is no such element. */
export function atomicNumber(symbol: string): number | undefined {
  return numbers.get(symbol);
}

/** Symbol of an atomic number; 'X' for one that no element has. */
export function symbolOf(z: number): string {
  return (elements[z] as Element | undefined)?.symbol ?? 'X';
}

/** Å: of the covalent radii of two elements; NaN for what is none. */
export function covalentSum(a: string, b: string): number {
  const radius = (symbol: string): number => elements[atomicNumber(symbol) ?? NaN]?.covalentRadius ?? NaN;
  return radius(a) + radius(b);
}
