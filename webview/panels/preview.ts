/**
 * The descriptors of a potential while it is written: radial functions over the radial distribution of the data, the radial
 * parts of angular functions, and their angular parts around the centre. One pair of elements or all of them.
 */
import * as v from 'valibot';
import { environmentOf, type Relation } from '../../engine/analysis/environment';
import type { PreviewHost, PreviewView, SavedFile } from '../../protocol/panels';
import type { DescriptorPreview, PreviewCurve } from '../../protocol/preview';
import { announce, fill, h, setText } from '../dom';
import { connect, keepState } from '../host';
import { lineStyle } from '../plots/line-styles';
import { createPolarProfile, createProfile, type Profile, type ProfileCurve, type ProfileMark } from '../plots/profile';
import { saveButtons } from './save-buttons';

const ALL = '';
const COLORS = 6;

/** More ticks than these are one bar. */
const MOST_MARKS = 2000;
const NO_MARKS = { distances: [], angles: [] } as const;

/** `uri` and `potential` let the extension restore the panel after a reload of the window. */
const panelState = v.object({
  uri: v.optional(v.string(), ''),
  potential: v.optional(v.string(), ''),
  pair: v.string(),
});

export function showPreview(root: HTMLElement): void {
  const kept = keepState(panelState, { uri: '', potential: '', pair: ALL });
  let preview: DescriptorPreview | undefined;
  let isBroken = false;
  /** The structure that a person points at. */
  let pointed: PreviewView['notifications']['pointed'] | undefined;
  let marked: { readonly distances: readonly Relation[]; readonly angles: readonly Relation[] } = NO_MARKS;

  const title = h('h1', {});
  const facts = h('span', { class: 'muted' });
  const pairs = h('select', { 'aria-label': 'Pair of elements' });
  const banner = h('div', { class: 'banner', role: 'status', hidden: true });
  const options = {
    unit: 'Å',
    axis: 'r',
    onMark: (mark: number): void => pointAt(marked.distances[mark]),
  };
  /** A profile that can be saved. */
  function card(profile: Profile, name: string): Profile {
    const contents = { csv: () => profile.toCsv(), svg: () => profile.toSvg(), png: () => profile.toPng() };
    const save = (file: SavedFile): void =>
      channel.notify('saveFile', { ...file, name: `${kept.value.potential}-${file.name}` });
    profile.element.append(saveButtons(name, contents, save));
    return profile;
  }
  const along = (name: string): Profile => card(createProfile({ title: name, ...options }), name);
  const radial = along('Radial functions');
  const radialParts = along('Radial parts of angular functions');
  const channels = along('Channels of chirality');
  const angular = card(
    createPolarProfile({
      title: 'Angular parts',
      unit: '°',
      axis: 'θ',
      onMark: (mark) => pointAt(marked.angles[mark]),
    }),
    'Angular parts',
  );
  const key = h('div', { class: 'preview-key muted' });
  fill(
    root,
    h('header', { class: 'panel-header' }, title, facts, h('span', { class: 'spacer' }), pairs),
    banner,
    h('main', { class: 'preview' }, radial.element, radialParts.element, angular.element, channels.element, key),
  );

  const channel = connect<PreviewView, PreviewHost>({
    requests: {},
    notifications: {
      preview: ({ uri, potential, preview: next }) => {
        kept.update({ uri, potential });
        setText(title, `Descriptors of ${potential}`);
        isBroken = next === null;
        if (next !== null) preview = next;
        draw();
      },
      pointed: (next) => {
        pointed = next;
        draw();
      },
    },
  });
  pairs.addEventListener('change', () => {
    kept.update({ pair: pairs.value });
    draw();
    announce(pairs.value === ALL ? 'all pairs' : pairs.value);
  });

  function pointAt({ atoms }: Relation): void {
    channel.notify('pointAt', { atoms });
    if (pointed !== undefined) pointed = { ...pointed, atoms };
    draw();
  }

  /** What the structure that is pointed at has within the reach of the functions. */
  function findMarks({ reach, radial: own, angular: parts, distributions }: DescriptorPreview, pair: string): string {
    marked = NO_MARKS;
    if (pointed === undefined) return '';
    const names = [...distributions.map((one) => one.pair), ...[...own, ...parts].flatMap(({ of }) => of)];
    // The structure may be of another potential.
    const elements = new Set(names.flatMap((each) => each.split('–')));
    const { name, frame, data, atoms } = pointed;
    try {
      const structure = { ...data, positions: Float64Array.from(data.positions) };
      // Two atoms are a pair: of it the first one's surroundings are shown.
      const { distances, angles, cut } = environmentOf(structure, atoms.slice(0, 1), reach, MOST_MARKS);
      const isShown = ({ name: of }: Relation): boolean =>
        of.split('–').every((element) => elements.has(element)) && (pair === ALL || isOf(of, pair));
      marked = { distances: distances.filter(isShown), angles: angles.filter(isShown) };
      if (marked.distances.length + marked.angles.length === 0) return '';
      const which = atoms.length === 0 ? '' : `, around atom ${atoms[0]}`;
      return `ticks: frame ${frame} of ${name}${which}${cut ? ', the first of them' : ''}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  function draw(): void {
    banner.hidden = !isBroken;
    setText(
      banner,
      preview === undefined
        ? 'The potential has errors: correct them to see its descriptors.'
        : 'The potential has errors. These are its descriptors before.',
    );
    if (preview === undefined) return;
    const { reach, cutoffFunction, distributions, sample, pending } = preview;
    offerPairs(preview);
    const pair = pairs.value;
    const shown = distributions.filter((one) => pair === ALL || isOf(one.pair, pair));
    const areas = shown.map(({ pair: label, values }, k) => ({ label, values, color: k % COLORS }));
    const cutoff: ProfileCurve = { label: `cutoff function ${cutoffFunction.name}`, values: cutoffFunction.values, color: -1, dash: 'dashed' }; // prettier-ignore
    const ticks = findMarks(preview, pair);
    const marksOf = (relations: readonly Relation[]): ProfileMark[] =>
      relations.map(({ name, value, atoms }) => ({ value, label: `${name} (${atoms.join(' ')})` }));
    const marks = marksOf(marked.distances);
    const radialCurves = curvesOf(preview.radial, pair);
    const partCurves = curvesOf(preview.angularRadial, pair);
    const angularCurves = curvesOf(preview.angular, pair);
    // Before they are drawn: a hidden chart has no size.
    channels.element.hidden = preview.channels.length === 0;
    radialParts.element.hidden = preview.angularRadial.length === 0;
    angular.element.hidden = preview.angular.length === 0;
    radial.set({ curves: [...radialCurves, cutoff], areas, marks, end: reach });
    radialParts.set({ curves: [...partCurves, cutoff], areas, marks, end: reach });
    angular.set({ curves: angularCurves, areas: [], marks: marksOf(marked.angles), end: 180 });
    channels.set({ curves: [...curvesOf(preview.channels, pair), cutoff], areas, marks, end: reach });
    const constant = preview.radial.filter((one) => one.constant).length;
    setText(
      facts,
      [
        `${preview.radial.length} radial, ${preview.angular.length} angular shapes, cutoff ${preview.cutoff.toFixed(2)} Å`,
        ...preview.chirality.map(describeChirality),
        ...(constant > 0 ? [`${constant} say nothing over the data`] : []),
        sample ?? (pending ? 'looking at the data …' : 'no data'),
      ].join(' · '),
    );
    fill(
      key,
      ...shown.map(({ pair: label, nearest }, k) =>
        h(
          'span',
          {},
          h('span', { class: `swatch area series-${k % COLORS}` }),
          `${label} in the data, from ${nearest.toFixed(2)} Å`,
        ),
      ),
      h('span', {}, h('span', { class: 'swatch line dashed reference' }), cutoff.label),
      ticks !== '' && h('span', { class: 'pointed-words' }, ticks),
      constant > 0 && h('span', {}, h('span', { class: 'swatch line dotted reference' }), 'the same for every atom'),
    );
    channel.notify('drawn', {
      radial: radialCurves.length,
      angular: angularCurves.length,
      distributions: areas.length,
      marks: marked.distances.length + marked.angles.length,
    });
  }

  /** All pairs that any function or the data have; the one that was chosen stays, if it is still there. */
  function offerPairs({ radial: own, distributions }: DescriptorPreview): void {
    const names = [...new Set([...distributions.map(({ pair }) => pair), ...own.flatMap(({ of }) => of)])];
    const distinct = names.filter((name, k) => !names.slice(0, k).some((other) => isOf(other, name)));
    const wanted = distinct.includes(kept.value.pair) ? kept.value.pair : ALL;
    const choices = [ALL, ...distinct];
    const offered = Array.from(pairs.options, ({ value }) => value);
    if (offered.join() !== choices.join())
      fill(pairs, ...choices.map((name) => h('option', { value: name }, name === ALL ? 'all pairs' : name)));
    pairs.value = wanted;
  }

  channel.notify('ready', undefined);
}

/** Whether two pairs are of the same elements; a triple is of a pair if the pair is in it. */
function isOf(name: string, pair: string): boolean {
  const [a, b] = pair.split('–');
  const parts = name.split('–');
  if (parts.length === 2) return (parts[0] === a && parts[1] === b) || (parts[0] === b && parts[1] === a);
  const [first, center, second] = parts;
  return (center === a && (first === b || second === b)) || (center === b && (first === a || second === a));
}

function describeChirality({ center, functions, strength }: DescriptorPreview['chirality'][number]): string {
  const size = strength === undefined ? '' : `, |χ| up to ${strength.toPrecision(2)}`;
  return `${functions} chiral of ${center}${size}`;
}

function curvesOf(curves: readonly PreviewCurve[], pair: string): ProfileCurve[] {
  return curves
    .filter(({ of }) => pair === ALL || of.some((name) => isOf(name, pair)))
    .map(({ label, values, constant }, k) => ({
      label,
      values,
      ...(constant ? { color: -1, dash: 'dotted' } : lineStyle(k)),
    }));
}
