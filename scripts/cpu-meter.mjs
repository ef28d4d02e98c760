/**
 * Measures the user CPU time of a command with all its processes. The kernel's own sum (`time`, getrusage) lacks every
 * process that its parent does not wait for. Most of Chromium's are of that kind, and a browser test spends three
 * quarters of its time in them. So this reads /proc while the command runs, and combines both.
 */
import { readdirSync, readFileSync } from 'node:fs';

const INTERVAL_MS = 250;
/** Linux reports CPU time to programs in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/**
 * Starts to measure the descendants of this process. `read` returns the user CPU time, in seconds, of all that have run
 * since; `undefined` on a system without /proc.
 */
export function startCpuMeter() {
  if (process.platform !== 'linux') return { read: () => undefined, stop: () => undefined };
  /** Every process of the family, as /proc showed it last, by its key. */
  const family = new Map();
  let readings = 0;

  const measure = () => {
    readings += 1;
    for (const found of readFamily(family)) {
      // A process whose parent ends gets another one.
      const parentKey = family.get(found.key)?.parentKey ?? found.parentKey;
      family.set(found.key, { ...found, parentKey, reading: readings });
    }
  };

  /** Returns the time of a process with its descendants. */
  const sumTicks = ({ key, reading, ownTicks, waitedTicks }) => {
    const sums = { ended: 0, running: 0 };
    for (const child of family.values()) {
      if (child.parentKey === key) sums[child.reading < reading ? 'ended' : 'running'] += sumTicks(child);
    }
    // The kernel's sum has the last moments of the children that ended. The readings have those it lacks.
    return ownTicks + Math.max(waitedTicks, sums.ended) + sums.running;
  };

  const timer = setInterval(measure, INTERVAL_MS);
  return {
    read() {
      measure();
      const self = [...family.values()].find(({ pid }) => pid === process.pid);
      return (sumTicks(self) - self.ownTicks) / TICKS_PER_SECOND;
    },
    stop: () => clearInterval(timer),
  };
}

/** Reads this process, the processes in `known` that still run, and all their descendants. */
function readFamily(known) {
  const all = new Map(readProcesses().map((found) => [found.pid, found]));
  const isMember = ({ pid, key, parentPid }) =>
    pid === process.pid || known.has(key) || (all.has(parentPid) && isMember(all.get(parentPid)));
  return [...all.values()]
    .filter(isMember)
    .map((found) => ({ ...found, parentKey: all.get(found.parentPid)?.key }));
}

function readProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readStat(pid);
      if (stat === undefined) return [];
      // The second field is the command, in parentheses and with any character. proc_pid_stat(5) has the others.
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [parentPid, ownTicks, waitedTicks, startTime] = [1, 11, 13, 19].map((index) => fields[index]);
      // The kernel reuses process IDs.
      return [{ pid: Number(pid), key: `${pid} ${startTime}`, parentPid, ownTicks, waitedTicks }];
    });
}

/** @param {string} pid */
function readStat(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // The process has ended since its folder was listed.
    return undefined;
  }
}
