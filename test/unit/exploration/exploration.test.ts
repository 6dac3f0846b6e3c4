import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../engine/cli/exploration/files';
import { createSimulation, startDynamics } from '../../../engine/dynamics/dynamics';
import { judge, largestDisagreement } from '../../../engine/exploration/disagreement';
import { parseJournal, standingOf, type Entry } from '../../../engine/exploration/journal';
import { selectFarthest } from '../../../engine/exploration/selection';
import { beginWalk, walkOn, type Walk } from '../../../engine/exploration/walk';
import { createAnalyticPotential } from '../../../engine/potentials/analytic';
import { createCommittee, disagreementOf } from '../../../engine/potentials/committee';
import type { Potential } from '../../../engine/potentials/potential';
import { createRandom } from '../../../engine/random';
import type { Structure } from '../../../engine/structure/structure';
import { temporaryFolder } from '../../fixtures/folders';

const dimer: Structure = {
  numbers: Uint8Array.of(18, 18),
  positions: Float64Array.of(0, 0, 0, 3.9, 0, 0),
  periodic: [false, false, false],
};

const pairs = createAnalyticPotential({
  pairs: [{ kind: 'lennard_jones', epsilon: 0.0103, sigma: 3.4 }],
  prior: undefined,
  cutoff: 20,
  cutoffFunction: 'hard',
  elements: ['Ar'],
});
if (pairs === undefined) throw new Error('there are pair terms');
const argon: Potential = pairs;

/** Argon whose force on the first atom is off by what `off` says of the nth prediction. */
function deviating(off: (call: number) => number): Potential {
  let call = 0;
  return {
    ...argon,
    predict(structure) {
      const prediction = argon.predict(structure);
      const forces = prediction.forces.slice();
      forces[0] += off(call++);
      return { ...prediction, forces };
    },
  };
}

const SETTINGS = { trigger: 0.15, reject: 1, steps: 50, check_every: 1, most: 1 };

async function walk(members: readonly Potential[], settings = SETTINGS) {
  const simulation = createSimulation(createCommittee(members), dimer, 2, { kind: 'nve' });
  const started = startDynamics(simulation, 20, 1);
  if (!started.ok) throw new Error(started.problems[0].message);
  const begun = beginWalk(simulation, started.value, undefined);
  if ('code' in begun) throw new Error(begun.message);
  const own: Walk = begun;
  const trusted: number[] = [];
  const ended = await walkOn(simulation, own, settings, {
    trusted: ({ step }) => trusted.push(step),
    pause: () => Promise.resolve(false),
  });
  return { ended, walk: own, trusted };
}

describe('the disagreement of a committee', () => {
  it('is at least √(2M/(M − 1)) and at most √(2M) times the deviation (T-AL-3)', () => {
    const random = createRandom(1, 'forces');
    for (let trial = 0; trial < 1000; trial++) {
      const members = 2 + (trial % 7);
      const forces = Array.from({ length: members }, () => Float64Array.from({ length: 3 }, () => random.normal()));
      const mean = [0, 1, 2].map((k) => forces.reduce((sum, one) => sum + one[k], 0) / members);
      const squares = forces.reduce((sum, one) => sum + mean.reduce((s, m, k) => s + (one[k] - m) ** 2, 0), 0);
      const sigma = Math.sqrt(squares / members);
      const [d] = disagreementOf(forces);
      expect(d).toBeGreaterThanOrEqual(sigma * Math.sqrt((2 * members) / (members - 1)) * (1 - 1e-12));
      expect(d).toBeLessThanOrEqual(sigma * Math.sqrt(2 * members) * (1 + 1e-12));
      if (members === 2) expect(d).toBeCloseTo(2 * sigma, 12);
    }
  });

  it('names the atom about which it is largest', () => {
    const spread = createCommittee([argon, deviating(() => 0.3)]).predict(dimer).spread;
    expect(largestDisagreement(spread)).toEqual({ atom: 0, value: expect.closeTo(0.3, 12) as number });
    expect(largestDisagreement(undefined)).toEqual({ atom: 0, value: 0 });
  });

  it('is a candidate above the trigger, and none from `reject` on', () => {
    const of = (value: number): string => judge({ atom: 0, value }, { trigger: 0.15, reject: 1 });
    expect([0, 0.15, 0.15 * (1 + 1e-9), 1 - 1e-12, 1].map(of)).toEqual([
      'trusted',
      'trusted',
      'candidate',
      'candidate',
      'rejected',
    ]);
  });
});

describe('a walk', () => {
  it('is never flagged while all members are the same (T-AL-1)', async () => {
    const { ended, trusted } = await walk([argon, argon, argon]);
    expect(ended).toBe('finished');
    expect(trusted).toHaveLength(50);
  });

  it('is flagged at the very step at which a member deviates by more than the trigger (T-AL-2)', async () => {
    // Predictions come before the first step, when a walk begins, and with each step. Zero is added to, so that the force is exact.
    const at = (step: number, value: number) => (call: number) => (call === step + 1 ? value : 0);
    // Rounding of the mean has no part in the distance of two members.
    const still: Potential = {
      ...argon,
      predict: (structure) => ({ ...argon.predict(structure), forces: new Float64Array(6) }),
    };
    const off = (value: number): Potential => {
      let call = 0;
      const by = at(17, value);
      return {
        ...still,
        predict: (structure) => {
          const forces = new Float64Array(6);
          forces[0] = by(call++);
          return { ...still.predict(structure), forces };
        },
      };
    };
    expect((await walk([still, off(0.15)])).ended).toBe('finished');
    const { ended, walk: own, trusted } = await walk([still, off(0.15 * (1 + 1e-9))]);
    expect(ended).toMatchObject({ step: 17, atom: 0, rejected: false });
    expect(own.trusted.step).toBe(16);
    expect(trusted.at(-1)).toBe(16);
    expect(own.candidates.map(({ step }) => step)).toEqual([17]);
  });

  it('gathers for some time, and stops at what is not to be labelled', async () => {
    const off = (call: number): number => (call < 11 ? 0 : call < 16 ? 0.4 : 3);
    const { ended, walk: own } = await walk([argon, deviating(off)], { ...SETTINGS, most: 20 });
    expect(ended).toMatchObject({ step: 15, rejected: true });
    expect(own.candidates.map(({ step }) => step)).toEqual([10, 11, 12, 13, 14]);
    expect(own.trusted.step).toBe(9);
    const { walk: short } = await walk([argon, deviating(off)], { ...SETTINGS, most: 3 });
    expect(short.candidates).toHaveLength(3);
  });
});

describe('what is labelled', () => {
  const at = (...x: readonly number[]): Float64Array[] => x.map((one) => Float64Array.of(one, 0, 0));

  it('is what is farthest from all that is there', () => {
    expect(selectFarthest(at(0, 1, 5, 5.001, 3), [], 3)).toEqual([0, 3, 4]);
    expect(selectFarthest(at(1, 4, 9), at(0), 2)).toEqual([2, 1]);
  });

  it('is nothing twice, and never more than there is', () => {
    expect(selectFarthest(at(1, 1, 1.001), [], 3)).toEqual([0]);
    expect(selectFarthest(at(2), at(2), 1)).toEqual([]);
    const positions = fc.array(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(positions, fc.nat(15), (all, count) => {
        const chosen = selectFarthest(
          all.map((one) => Float64Array.from(one)),
          [],
          count,
        );
        expect(chosen.length).toBeLessThanOrEqual(Math.min(count, all.length));
        expect(new Set(chosen).size).toBe(chosen.length);
      }),
    );
  });
});

describe('the journal', () => {
  const start: Entry = { type: 'start', energy_offset: 0.5, shift: 0.5, force_rmse: 0, test_force_rmse: 0.1 };
  const flag = (round: number, selected: number): Entry => ({ type: 'flag', round, step: 10 * round, atom: 0, disagreement: 0.2, rejected: false, selected, trajectory: 99 }); // prettier-ignore
  const label = (round: number, candidate: number): Entry => ({ type: 'label', round, candidate, bytes: 7 });
  const lost: Entry = { type: 'quarantine', round: 1, candidate: 1, message: 'no' };
  const train = (accepted: boolean): Entry => ({ type: 'train', round: 1, accepted, test_force_rmse: 0.2, weights_sha256: 'a' }); // prettier-ignore

  it.each([
    [[], 'compare'],
    [[start], 'walk'],
    [[start, flag(1, 2)], 'label 0'],
    [[start, flag(1, 2), label(1, 0)], 'label 1'],
    [[start, flag(1, 2), label(1, 0), lost], 'train'],
    [[start, flag(1, 2), label(1, 0), lost, train(true)], 'walk kept'],
    [[start, flag(1, 2), label(1, 0), lost, train(false)], 'walk new'],
    [[start, flag(1, 0)], 'walk new'],
    [[start, flag(1, 0), flag(2, 0), flag(3, 0)], 'done false'],
    [[start, { type: 'end', step: 50 }], 'done true'],
  ] as [Entry[], string][])('says what is next: %#', (entries, next) => {
    const { phase } = standingOf(entries, 3);
    const words = {
      compare: '',
      train: '',
      label: phase.kind === 'label' ? `${phase.candidate}` : '',
      walk: phase.kind === 'walk' && phase.flag !== undefined ? (phase.kept ? 'kept' : 'new') : '',
      done: phase.kind === 'done' ? `${phase.converged}` : '',
    };
    expect(`${phase.kind} ${words[phase.kind]}`.trim()).toBe(next);
  });

  it('counts, and keeps the error of the committee that goes on', () => {
    const entries = [start, flag(1, 2), label(1, 0), lost, train(false)];
    expect(standingOf(entries, 3)).toMatchObject({
      rounds: 1,
      labelled: 1,
      quarantined: 1,
      bytes: 7,
      shift: 0.5,
      test_force_rmse: 0.1,
    });
    expect(standingOf([...entries.slice(0, 4), train(true)], 3).test_force_rmse).toBe(0.2);
  });

  const lines = [start, flag(1, 1), label(1, 0)].map((one) => `${JSON.stringify(one)}\n`);
  const text = lines.join('');
  const read = (journal: string) => {
    const parsed = parseJournal(journal, 'journal.ndjson');
    if (!parsed.ok) throw new Error(parsed.problems[0].message);
    return parsed.value;
  };

  it('is read up to the line that is torn, whatever stands there', () => {
    for (let length = 0; length <= text.length; length++) {
      const { entries, bytes } = read(text.slice(0, length));
      expect(lines.slice(0, entries.length).join('')).toHaveLength(bytes);
      expect(bytes).toBeLessThanOrEqual(length);
    }
    expect(read(text).entries).toHaveLength(3);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (noise) => {
        const { entries, bytes } = read(text + noise.replaceAll('\n', ''));
        expect({ entries: entries.length, bytes }).toEqual({ entries: 3, bytes: text.length });
      }),
    );
  });

  it.each(['{"type":"teleport","round":1}', 'noise', ''])('does not go on after a complete line “%s”', (line) => {
    const folder = temporaryFolder();
    const path = join(folder, 'journal.ndjson');
    const whole = `${lines[0]}${line}\n${lines[1]}`;
    writeFileSync(path, whole);
    expect(openJournal({ folder })).toMatchObject({
      ok: false,
      problems: [{ code: 'RN012', place: { file: path, line: 2 } }],
    });
    expect(readFileSync(path, 'utf8')).toBe(whole);
  });

  it('goes on in place of the line that is torn', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'journal.ndjson');
    writeFileSync(path, lines[0] + lines[1].slice(0, 9));
    const journal = openJournal({ folder });
    if (!journal.ok) throw new Error(journal.problems[0].message);
    journal.value.add(flag(1, 1));
    journal.value.close();
    expect(journal.value.entries).toEqual([start, flag(1, 1)]);
    expect(readFileSync(path, 'utf8')).toBe(lines[0] + lines[1]);
  });
});
