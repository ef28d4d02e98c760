/**
 * Runs inside the twilio-run process before its own code (`node --import`). twilio-run has no option for what
 * it adds: listening on the loopback interface only, loading a function again when its file has changed, and
 * ending with the process that started it.
 */
import { Server as HttpServer } from 'node:http';
import { createRequire } from 'node:module';
import { type ListenOptions, Server } from 'node:net';
import { createReloader } from './reload-functions';

// Read at once: twilio-run replaces `process.env` with the settings of the functions.
const folder = process.env.FUNCTIONS_FOLDER;
if (folder === undefined) throw new Error('Failed to preload: FUNCTIONS_FOLDER is not set.');
const reloadChanged = createReloader(folder, createRequire(import.meta.url).cache);

// twilio-run listens on every network interface: without this, other machines could call protected functions
// directly, without the gateway's signature check.
const { listen } = Server.prototype as { listen: (options: ListenOptions, ...rest: unknown[]) => Server };
Object.assign(Server.prototype, {
  listen(this: Server, first: ListenOptions | number, ...rest: unknown[]): Server {
    if (this instanceof HttpServer) this.prependListener('request', reloadChanged);
    const options = typeof first === 'object' ? first : { port: first };
    return listen.call(this, { ...options, host: '127.0.0.1' }, ...rest);
  },
});

// A parent that is killed cannot end this process, but its death closes the channel between them.
process.on('disconnect', () => process.exit(0));
