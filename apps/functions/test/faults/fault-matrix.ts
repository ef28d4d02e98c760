/** The fault matrix: every situation with every fault, and how each of these runs ends. */
import type { Backend } from '@chat-transfer/transfer-core';
import {
  type FunctionsFixture,
  type FunctionsFixtureOptions,
  startFunctionsFixture,
} from '../support/functions-fixture';
import { type CellId, listCells, type Page } from './cell';
import { type Baselines, findAnswerProblems, type Judgement, judgeRun } from './judge-run';
import { DURATION_MS, durationOf, lateDurationOf, runSituation, type SituationRun } from './run-situation';
import type { Situation } from './situation';

export interface Cell extends Omit<CellId, 'hits'>, Judgement {
  readonly backend: Backend;
  readonly endpoint: string;
  readonly situation: string;
  /** What was hit, in words. */
  readonly id: CellId;
}

/** The fixture that situations run in. */
export type Setup = Pick<FunctionsFixtureOptions, 'backend' | 'isTexting' | 'settings'>;

/** Chooses which cells run. */
export type ChooseCells = (cells: readonly CellId[]) => readonly CellId[];

export interface FaultMatrix {
  runAll(situation: Situation, chooseCells: ChooseCells): Promise<readonly Cell[]>;
  close(): Promise<void>;
}

/** What earlier runs leave behind slows down every later one. */
const RUNS_PER_ACCOUNT = 8;
/** Chooses the pairs of faults: the same ones in every run of the matrix. */
const PAIRS_SEED = 1;

export async function openFaultMatrix(setup: Setup): Promise<FaultMatrix> {
  // The fixture reads them for every request.
  const settings = { ...setup.settings, CHAT_TRANSFER_RELEASE: '' };
  const fixture = await startFunctionsFixture({ ...setup, settings });
  return {
    runAll(situation, chooseCells) {
      settings.CHAT_TRANSFER_RELEASE = situation.release ?? 'immediately';
      // The report distinguishes situations by name.
      const name = setup.isTexting ? `${situation.name}, by text` : situation.name;
      return runCells(fixture, { ...situation, name }, chooseCells);
    },
    close: () => fixture.close(),
  };
}

type RunOptions = Parameters<typeof runSituation>[2];

async function runCells(
  fixture: FunctionsFixture,
  situation: Situation,
  chooseCells: ChooseCells,
): Promise<readonly Cell[]> {
  let runs = 0;
  const run = async (options: RunOptions): Promise<SituationRun> => {
    if (runs % RUNS_PER_ACCOUNT === 0) await fixture.reset();
    runs += 1;
    return runSituation(fixture, situation, options);
  };
  const baselines = new Map<number, Baselines>();
  /** By duration: the time itself changes a chat. */
  const getBaselines = async (page: Page, durationMs: number): Promise<Baselines> => {
    const known = baselines.get(durationMs);
    if (known !== undefined) return known;
    const faultless = await run({ page, durationMs });
    const skipped = await run({ page, durationMs, isSkipped: true });
    baselines.set(durationMs, { faultless, skipped });
    return { faultless, skipped };
  };
  const judge = async (id: CellId, durationMs: number): Promise<Judgement> =>
    judgeRun(await run({ page: id.page, cell: id, durationMs }), id, await getBaselines(id.page, durationMs));

  const { faultless } = await getBaselines('open', DURATION_MS);
  checkFaultless(faultless, situation);
  const cells: Cell[] = [];
  for (const id of chooseCells(listCells(faultless.trigger.kind, faultless.calls, PAIRS_SEED))) {
    let judgement = await judge(id, durationOf(id));
    const lateDurationMs = lateDurationOf(id, faultless.trigger.kind);
    if (judgement.ending === 'wrong' && lateDurationMs !== undefined) {
      const later = await judge(id, lateDurationMs);
      if (later.ending === 'same') judgement = { ending: 'late', differences: judgement.differences };
    }
    const { backend } = fixture;
    const { endpoint, name } = situation;
    const { call, fault, page } = id;
    cells.push({ id, call, fault, page, backend, endpoint, situation: name, ...judgement });
  }
  return cells;
}

function checkFaultless(faultless: SituationRun, { endpoint, name }: Situation): void {
  const answer = faultless.answers[0];
  const problems = [...findAnswerProblems(faultless), ...faultless.outcome.problems];
  if (problems.length === 0 && faultless.answers.length === 1 && answer?.status === 200) return;
  throw new Error(
    `${endpoint}, ${name} fails without a fault: ${JSON.stringify(answer?.body)} ${problems.join('\n')}`,
  );
}
