/** Starts the built functions on twilio-run, in another process. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** `settings`: by name. `document`: the other settings. `log` gets every line that the process prints. */
export async function startFunctions(settings: Readonly<Record<string, string>>, document: object) {
  const folder = mkdtempSync(join(tmpdir(), 'functions-'));
  const envFile = join(folder, '.env');
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(envFile, lines.join(''));
  const assets = join(folder, 'assets');
  mkdirSync(assets);
  writeFileSync(join(assets, 'chat-transfer.private.json'), JSON.stringify(document));

  const server = resolve(import.meta.dirname, '../../dist/local/local-server.mjs');
  const child = spawn(process.execPath, [server, '--port', '0', '--env', envFile, '--assets', assets], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((stopped) => child.once('exit', () => stopped()));
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    console.error(line);
  });
  const url = await new Promise<string>((ready, reject) => {
    child.once('exit', (code) =>
      reject(
        new Error(`Failed to start the functions: their process ended with ${code}. See its output above.`),
      ),
    );
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      const found = /^Functions at (\S+)$/.exec(line)?.[1];
      if (found !== undefined) ready(found);
    });
  });
  return {
    url,
    log,
    async stop() {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
