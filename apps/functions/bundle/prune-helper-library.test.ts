import { describe, expect, it } from 'vitest';
import { pruneResource } from './prune-helper-library';

/** As in Twilio's library, shortened. */
const SERVICE = `const deserialize = require("../../../base/deserialize");
const document_1 = require("./service/document");
const syncList_1 = require("./service/syncList");
class ServiceContextImpl {
    get documents() {
        return (this._documents = this._documents || (0, document_1.DocumentListInstance)(this));
    }
    get syncLists() {
        return (this._syncLists = this._syncLists || (0, syncList_1.SyncListListInstance)(this));
    }
}
exports.ServiceContextImpl = ServiceContextImpl;`;
const CLIENT = `class Twilio {
    get sync() {
        return this._sync ?? (this._sync = new (require("./Sync"))(this));
    }
    get video() {
        return this._video ?? (this._video = new (require("./Video"))(this));
    }
}
exports.default = Twilio;`;
const BASE = `const V1_1 = __importDefault(require("./chat/V1"));
const V2_1 = __importDefault(require("./chat/V2"));
class ChatBase {
    get v1() {
        return new V1_1.default(this);
    }
    get v2() {
        return new V2_1.default(this);
    }
}
exports.default = ChatBase;`;

const listRequired = (code: string) => [...code.matchAll(/require\("([^"]+)"\)/g)].map(([, path]) => path);

describe('pruneResource', () => {
  it('leaves out the files of getters that are not used, and nothing else', () => {
    const pruned = pruneResource('service.js', SERVICE, new Set(['documents']));
    expect(listRequired(pruned)).toEqual(['../../../base/deserialize', './service/document']);
  });

  it('leaves out unused products, which are loaded at their first use', () => {
    expect(listRequired(pruneResource('Twilio.js', CLIENT, new Set(['sync'])))).toEqual(['./Sync']);
  });

  it('leaves out unused versions of a product', () => {
    const names = new Set(['v1', 'v2', 'sync.v1', 'chat.v2']);
    expect(listRequired(pruneResource('ChatBase.js', BASE, names))).toEqual(['./chat/V2']);
  });

  it('keeps the base class of a file, which no getter loads', () => {
    const code =
      'const ChatBase_1 = __importDefault(require("./ChatBase"));\nclass Chat extends ChatBase_1.default {}';
    expect(pruneResource('Chat.js', code, new Set())).toBe(code);
  });

  it('lets the use of a file that is left out throw its name', () => {
    const pruned = pruneResource('Twilio.js', CLIENT, new Set(['sync']));
    const Twilio = new Function('exports', 'require', `${pruned} return Twilio;`)({}, () => class {});
    expect(() => new Twilio().video).toThrow('Failed to use Video of Twilio');
    expect(new Twilio().sync).toBeDefined();
  });
});
