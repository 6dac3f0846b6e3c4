/**
 * What is known of the data that documents name. Nobody waits for it: an answer is what was last found, undefined as long
 * as nothing was, and who asks is told when there is something new. Files are looked at again when somebody asks and the
 * last look is some seconds old; they are read again only if size or time are others.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chooseKey, ENERGY_KEYS, FORCES_KEYS } from '../../engine/formats/labels';
import type { DataFacts, DataFinding, OutsideFacts, SurveyFacts } from '../../language/check/facts';
import { createWorkerClient, type WorkerClient } from '../../protocol/data-client';
import type { DataDocument, DataReport } from './reports';
import type { FindingsQuestion, OutsideQuestion, SurveyQuestion, SurveySide } from './requests';

export interface Knowledge {
  /** Of all the files together; those that can't be read have nothing. */
  summary(files: readonly string[]): DataFacts | undefined;
  /** Of one file, once it has been looked into; undefined if it can't be. */
  factsOf(file: string, signal: AbortSignal): Promise<DataFacts | undefined>;
  /** Of a sample of the files. `topic`: a question about the same replaces one that is still under way. */
  survey(topic: string, question: SurveyQuestion): SurveyFacts | undefined;
  /** What is conspicuous in a dataset; `topic` as above. */
  findings(topic: string, question: FindingsQuestion): readonly DataFinding[] | undefined;
  /** Atoms that a potential knows nothing of. */
  outside(question: OutsideQuestion): OutsideFacts | undefined;
  /** Of a data file, or of the text of a buffer. */
  report(document: DataDocument): DataReport | undefined;
  /** What takes its time, and is waited for: rejects with what is wrong, or when it is aborted. */
  work<M extends 'writeScaling' | 'labelSets'>(
    method: M,
    parameters: SurveySide['requests'][M]['parameters'],
    signal: AbortSignal,
  ): Promise<SurveySide['requests'][M]['result']>;
  /** The frame at a line, from 0, in Markdown, with a picture or without; null where there is none. */
  frameAt(document: DataDocument, line: number, picture: boolean): Promise<string | null>;
  /** Look at the files again at the next question. */
  forget(): void;
  dispose(): void;
}

const LIFETIME_MILLISECONDS = 2000;
/** A question is asked if nobody types for so long. */
const PATIENCE_MILLISECONDS = 200;
const TELL_MILLISECONDS = 40;
/** The workers end when nothing is asked for so long. */
const IDLE_MILLISECONDS = 60_000;
/** Surveys and reports are large, and of old versions of a text nobody asks again; summaries are those of whole datasets. */
const MAXIMUM_ANSWERS = { summary: 1000, survey: 20, outside: 100, findings: 50, report: 20 };
const MAXIMUM_TOPICS = 200;
const MAXIMUM_MERGED = 50;
/** More files than that are not looked into. */
const MAXIMUM_FILES = 200;

interface Answer {
  value: unknown;
  /** Of sizes and times: what the value was found from. */
  stamp: string;
  at: number;
  looking: AbortController | undefined;
  /** What is looked at has changed since the look began. */
  outdated: boolean;
}

/** @param changed called when an answer would be another one now */
export function createKnowledge(script: string, changed: () => void): Knowledge {
  /** By question, in order of use, the latest last. */
  const answers = {
    summary: new Map<string, Answer>(),
    survey: new Map<string, Answer>(),
    outside: new Map<string, Answer>(),
    findings: new Map<string, Answer>(),
    report: new Map<string, Answer>(),
  };
  /** The last question about each topic, the latest last. */
  const topics = new Map<string, string>();
  const all = (): Answer[] => Object.values(answers).flatMap((own) => [...own.values()]);
  const merged = new Map<string, { readonly parts: readonly DataFacts[]; readonly whole: DataFacts }>();
  /** By file: what was last said of it holds until there is something new. */
  const reports = new Map<string, DataReport>();
  /** What compares all structures with each other takes longer, and is in nobody's way. */
  const clients: { quick?: WorkerClient<SurveySide>; thorough?: WorkerClient<SurveySide> } = {};
  let idle: NodeJS.Timeout | undefined;

  /** What becomes known of many files at about the same time is told once. */
  let telling: NodeJS.Timeout | undefined;
  const tellSoon = (): void => {
    telling ??= setTimeout(() => {
      telling = undefined;
      changed();
    }, TELL_MILLISECONDS);
  };

  const disposeClients = (): void => {
    clients.quick?.dispose();
    clients.thorough?.dispose();
    clients.quick = clients.thorough = undefined;
  };
  /** Questions that are not answered yet. */
  let pending = 0;
  const ask = async <M extends keyof SurveySide['requests']>(
    which: keyof typeof clients,
    method: M,
    parameters: SurveySide['requests'][M]['parameters'],
    signal?: AbortSignal,
  ): Promise<SurveySide['requests'][M]['result']> => {
    clearTimeout(idle);
    pending++;
    try {
      return await (clients[which] ??= createWorkerClient<SurveySide>(script)).request(method, parameters, signal);
    } finally {
      if (--pending === 0) idle = setTimeout(disposeClients, IDLE_MILLISECONDS).unref();
    }
  };

  /** What is known, after having a look begun if the last one is old. */
  function remember<M extends keyof typeof answers>(
    method: M,
    parameters: SurveySide['requests'][M]['parameters'],
    files: readonly string[],
    topic?: string,
  ): SurveySide['requests'][M]['result'] | undefined {
    const own = answers[method];
    const key = keyOf(parameters);
    const answer = own.get(key) ?? { value: undefined, stamp: '', at: 0, looking: undefined, outdated: false };
    if (topic !== undefined) {
      const before = topics.get(topic);
      if (before !== undefined && before !== key) own.get(before)?.looking?.abort();
      keepLatest(topics, topic, key, MAXIMUM_TOPICS);
    }
    keepLatest(own, key, answer, MAXIMUM_ANSWERS[method], ({ looking }) => looking === undefined);
    if (answer.looking === undefined && Date.now() - answer.at > LIFETIME_MILLISECONDS)
      void look(answer, files, topic === undefined ? 0 : PATIENCE_MILLISECONDS, (signal) =>
        ask(method === 'findings' ? 'thorough' : 'quick', method, parameters, signal),
      );
    // The key says which question it is, so the value has that question's type.
    return answer.value as SurveySide['requests'][M]['result'] | undefined;
  }

  async function look(
    answer: Answer,
    files: readonly string[],
    patience: number,
    answered: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    const abort = new AbortController();
    answer.looking = abort;
    try {
      await delay(patience, undefined, { signal: abort.signal });
      const stamp = (await Promise.all(files.map(stampOf))).join('\n');
      if (stamp !== answer.stamp) {
        // What can't be found out is not asked again before the files change.
        const value = await answered(abort.signal).catch(() => undefined);
        if (abort.signal.aborted) return;
        answer.stamp = stamp;
        answer.value = value;
        tellSoon();
      }
      if (!answer.outdated) answer.at = Date.now();
    } catch {
      // Given up: somebody asks for something else.
    } finally {
      answer.looking = undefined;
      // Nobody may ask again by himself.
      if (answer.outdated) tellSoon();
      answer.outdated = false;
    }
  }

  /** Several files together, anew only if the answer about one of them is: the checker asks at every keystroke. */
  function mergeOnce(key: string, parts: readonly DataFacts[]): DataFacts {
    const known = merged.get(key);
    const isSame = known?.parts.length === parts.length && parts.every((part, i) => part === known.parts[i]);
    const whole = isSame ? known.whole : parts.reduce(merge);
    if (parts.length > 1) keepLatest(merged, key, { parts, whole }, MAXIMUM_MERGED);
    return whole;
  }

  return {
    summary: (files) => {
      if (files.length === 0 || files.length > MAXIMUM_FILES) return undefined;
      const summaries: DataFacts[] = [];
      let isComplete = true;
      for (const file of files) {
        const key = keyOf({ file });
        const summary = remember('summary', { file }, [file]);
        if (summary !== undefined) summaries.push(summary);
        else if (answers.summary.get(key)?.stamp === '') isComplete = false;
      }
      return isComplete && summaries.length > 0 ? mergeOnce(files.join('\n'), summaries) : undefined;
    },
    factsOf: (file, signal) => ask('quick', 'summary', { file }, signal).catch(() => undefined),
    survey: (topic, question) =>
      question.files.length === 0 || question.files.length > MAXIMUM_FILES
        ? undefined
        : remember('survey', question, question.files, topic),
    findings: (topic, question) =>
      question.files.length === 0 || question.files.length > MAXIMUM_FILES
        ? undefined
        : remember('findings', question, question.files, `findings ${topic}`),
    outside: (question) => {
      const { potential, structure } = question;
      // A folder has another time when a file in it is replaced.
      return remember('outside', question, [potential, join(potential, 'potential.json'), structure]) ?? undefined;
    },
    report: (document) => {
      const report = remember('report', document, [document.file], `report ${document.file}`);
      if (report === undefined) return reports.get(document.file);
      keepLatest(reports, document.file, report, MAXIMUM_ANSWERS.report);
      return report;
    },
    work: (method, parameters, signal) => ask('thorough', method, parameters, signal),
    // What can't be looked at, has no frame.
    frameAt: (document, line, picture) => ask('quick', 'frameAt', { document, line, picture }).catch(() => null),
    forget: () => {
      for (const answer of all()) {
        answer.at = 0;
        answer.outdated = answer.looking !== undefined;
      }
    },
    dispose: () => {
      clearTimeout(idle);
      clearTimeout(telling);
      for (const { looking } of all()) looking?.abort();
      disposeClients();
    },
  };
}

/** Puts an entry last; the oldest that may go do, if there are too many. */
function keepLatest<V>(
  map: Map<string, V>,
  key: string,
  value: V,
  most: number,
  mayGo: (value: V) => boolean = () => true,
): void {
  map.delete(key);
  map.set(key, value);
  for (const [oldest, other] of map) {
    if (map.size <= most) break;
    if (oldest !== key && mayGo(other)) map.delete(oldest);
  }
}

const hashOf = (text: string): string => createHash('sha1').update(text).digest('base64');

/** Thousands of functions are written out once: whoever asks has the same object as long as they are the same. */
const hashed = new WeakMap<object, string>();

/** A short text for a question. */
function keyOf(parameters: object): string {
  const { functions, text, ...others } = parameters as Partial<SurveyQuestion & DataDocument>;
  const parts = [JSON.stringify(others)];
  if (text !== undefined) parts.push(hashOf(text));
  if (functions !== undefined) {
    const hash = hashed.get(functions) ?? hashOf(JSON.stringify(functions));
    hashed.set(functions, hash);
    parts.push(hash);
  }
  return parts.join(' ');
}

async function stampOf(file: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(file);
    return `${size} ${mtimeMs}`;
  } catch {
    return 'none';
  }
}

type Counts = Readonly<Record<string, number>>;

function add(a: Counts, b: Counts): Counts {
  const sum = new Map(Object.entries(a));
  for (const [key, n] of Object.entries(b)) sum.set(key, (sum.get(key) ?? 0) + n);
  return Object.fromEntries(sum);
}

const sumOf = (key: 'charged' | 'differing' | 'far', a: DataFacts, b: DataFacts): Partial<DataFacts> => {
  const sum = (a[key] ?? 0) + (b[key] ?? 0);
  return sum > 0 ? { [key]: sum } : {};
};

/** Which frames they are only one file can say. */
const flaggedOf = (key: 'frozen' | 'unconverged', a: DataFacts, b: DataFacts): Partial<DataFacts> => {
  const count = (a[key]?.count ?? 0) + (b[key]?.count ?? 0);
  return count > 0 ? { [key]: { count } } : {};
};

/** What two files have together. */
function merge(a: DataFacts, b: DataFacts): DataFacts {
  const words = new Map(Object.entries(a.words));
  for (const [key, own] of Object.entries(b.words)) words.set(key, add(words.get(key) ?? {}, own));
  const keys = add(a.keys, b.keys);
  const columns = add(a.columns, b.columns);
  return {
    frames: a.frames + b.frames,
    atoms: {
      minimum: Math.min(...[a, b].filter(({ frames }) => frames > 0).map(({ atoms }) => atoms.minimum)),
      maximum: Math.max(a.atoms.maximum, b.atoms.maximum),
      total: a.atoms.total + b.atoms.total,
    },
    elements: add(a.elements, b.elements),
    keys,
    columns,
    words: Object.fromEntries(words),
    ...sumOf('charged', a, b),
    ...((a.problems ?? b.problems) !== undefined && { problems: [...(a.problems ?? []), ...(b.problems ?? [])] }),
    ...sumOf('differing', a, b),
    ...sumOf('far', a, b),
    ...flaggedOf('frozen', a, b),
    ...flaggedOf('unconverged', a, b),
    ...(a.unitless === true && b.unitless === true && { unitless: true }),
    ...(a.energyUnit !== undefined && a.energyUnit === b.energyUnit && { energyUnit: a.energyUnit }),
    // Of the one that tells more.
    ...((a.work ?? b.work) !== undefined && {
      work: (a.work?.pairs ?? 0) < (b.work?.pairs ?? 0) ? b.work : a.work,
    }),
    ...((a.heights ?? b.heights) !== undefined && {
      heights: [0, 1, 2].map((k) => least(a.heights?.[k], b.heights?.[k])),
    }),
    ...((a.isolated ?? b.isolated) !== undefined && { isolated: widest(a.isolated, b.isolated) }),
    energyKey: chooseKey('auto', ENERGY_KEYS, new Map(Object.entries(keys))),
    forcesKey: chooseKey('auto', FORCES_KEYS, new Map(Object.entries(columns))),
  };
}

/** By symbol the larger of two distances; null is farther than any. */
function widest(a: DataFacts['isolated'] = {}, b: DataFacts['isolated'] = {}): DataFacts['isolated'] {
  const all = { ...a, ...b };
  return Object.fromEntries(
    Object.keys(all).map((symbol) => {
      const both = [a, b].flatMap((one) => (Object.hasOwn(one, symbol) ? [one[symbol]] : []));
      return [symbol, both.includes(null) ? null : Math.max(...both.map(Number))];
    }),
  );
}

/** The smaller of two numbers that may not be there. */
function least(a: number | null | undefined, b: number | null | undefined): number | null {
  const known = [a, b].filter((one) => typeof one === 'number');
  return known.length === 0 ? null : Math.min(...known);
}
