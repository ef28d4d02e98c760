/**
 * Measures the CPU time of a command with all its processes. The kernel's own sum (`time`, getrusage) lacks every process
 * that its parent does not wait for: most of Chromium's, which use three quarters of the time of a browser test.
 *
 * So this reads /proc while the command runs. It misses the time that a process uses after its last reading: 1 to 2 % in
 * total.
 */
import { readdirSync, readFileSync } from 'node:fs';

const INTERVAL_MS = 250;
/** Linux reports CPU time to programs in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/**
 * Starts to measure the descendants of this process. `read` returns their user CPU time in seconds, including that of ended
 * processes. It returns `undefined` on a system without /proc.
 */
export function startCpuMeter() {
  if (process.platform !== 'linux') return { read: () => undefined, stop: () => undefined };
  /** Process → its user time in ticks. A key has the start time, because the kernel reuses process IDs. */
  const ticks = new Map();
  const measure = () => {
    for (const { key, userTicks } of listDescendants(ticks)) ticks.set(key, userTicks);
  };
  const timer = setInterval(measure, INTERVAL_MS);
  return {
    read() {
      measure();
      return [...ticks.values()].reduce((sum, value) => sum + value, 0) / TICKS_PER_SECOND;
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * Lists the running descendants of this process. Includes a process in `known` whose parent has ended.
 * @param {ReadonlyMap<string, number>} known
 */
function listDescendants(known) {
  const all = readProcesses();
  const found = new Set(all.filter(({ key }) => known.has(key)));
  const pids = new Set([process.pid, ...[...found].map(({ pid }) => pid)]);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const candidate of all) {
      if (!pids.has(candidate.parentPid) || candidate.pid === process.pid) continue;
      found.add(candidate);
      pids.add(candidate.pid);
    }
  }
  return found;
}

function readProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readStat(pid);
      if (stat === undefined) return [];
      // The second field is the command, in parentheses and with any character. Count from behind it: proc_pid_stat(5).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [parentPid, userTicks, startTime] = [fields[1], fields[11], fields[19]].map(Number);
      return [{ pid: Number(pid), key: `${pid} ${startTime}`, parentPid, userTicks }];
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
