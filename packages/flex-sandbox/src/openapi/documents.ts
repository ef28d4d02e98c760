/**
 * Twilio's own descriptions of its REST APIs: the OpenAPI documents that its command line tool ships in the
 * package `@twilio/cli-core`. Finds the operation that describes an endpoint of the sandbox.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const FOLDER = join(
  dirname(createRequire(import.meta.url).resolve('@twilio/cli-core/package.json')),
  'src/services/twilio-api',
);
const METHODS = ['get', 'post', 'put', 'delete'] as const;

/** A schema of OpenAPI 3.0, as json-schema.ts reads it. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: boolean | OpenApiSchema;
  readonly items?: OpenApiSchema;
  readonly required?: readonly string[];
  readonly writeOnly?: boolean;
  readonly [keyword: string]: unknown;
}

interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: OpenApiSchema;
}

interface DocumentedAnswer {
  readonly content?: {
    readonly 'application/json'?: {
      readonly schema: OpenApiSchema;
      readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
    };
  };
}

interface DocumentedOperation {
  readonly parameters?: readonly DocumentedParameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: OpenApiSchema }>>;
  };
  readonly responses: Readonly<Record<string, DocumentedAnswer>>;
}

export interface OpenApiDocument {
  readonly servers: readonly Server[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: { readonly schemas: Readonly<Record<string, OpenApiSchema>> };
}

interface Server {
  readonly url: string;
}

/** `servers` replaces the servers of the document. */
type PathItem = { readonly servers?: readonly Server[] } & {
  readonly [method in (typeof METHODS)[number]]?: DocumentedOperation;
};

export interface Operation {
  /** As in coverage.ts, with `:` for every named segment: `GET taskrouter /v1/Workspaces/:/Tasks`. */
  readonly key: string;
  /** The path with a valid SID in each named segment, of a resource that does not exist. */
  readonly unknownPath: string;
  /** Names of the query's fields. */
  readonly queryFields: readonly string[];
  /** `undefined` for a body of JSON: the documents do not name its members. */
  readonly formFields: readonly string[] | undefined;
  /** Names of the fields that the form must have. */
  readonly requiredFields: readonly string[];
  /** The documented status codes, with what a body must match; `undefined` for an answer without a body. */
  readonly answers: ReadonlyMap<number, AnswerBody | undefined>;
}

export interface AnswerBody {
  readonly schema: OpenApiSchema;
  readonly examples: readonly unknown[];
  /** Has the schemas that `schema` refers to. */
  readonly document: OpenApiDocument;
}

/** `GET`, `taskrouter` and `/v1/Workspaces/:workspace/Tasks` → the key of the operation. */
export const operationKey = (method: string, product: string, template: string) =>
  `${method} ${product} ${template.replace(/:\w+|\{\w+\}/g, ':')}`;

/** All operations that the documents describe, by key. */
export function readOperations(): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
    const document: OpenApiDocument = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
    for (const [path, item] of Object.entries(document.paths)) {
      const [product = ''] = new URL((item.servers ?? document.servers)[0]?.url ?? '').hostname.split('.');
      for (const method of METHODS) {
        const operation = item[method];
        if (operation === undefined) continue;
        const key = operationKey(method.toUpperCase(), product, path);
        operations.set(key, readOperation(key, path, operation, document));
      }
    }
  }
  return operations;
}

function readOperation(
  key: string,
  path: string,
  operation: DocumentedOperation,
  document: OpenApiDocument,
): Operation {
  const { parameters = [], requestBody, responses } = operation;
  const form = requestBody?.content['application/x-www-form-urlencoded']?.schema;
  return {
    key,
    unknownPath: path.replace(/\{(\w+)\}/g, (_, name) =>
      buildSid(parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.schema),
    ),
    queryFields: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
    formFields:
      requestBody !== undefined && form === undefined ? undefined : Object.keys(form?.properties ?? {}),
    requiredFields: form?.required ?? [],
    answers: new Map(
      Object.entries(responses).map(([status, { content }]) => [
        Number(status),
        readAnswerBody(content?.['application/json'], document),
      ]),
    ),
  };
}

/** A SID of zeros for a pattern such as `^WS[0-9a-fA-F]{32}$`. Other segments accept any text. */
function buildSid(schema: OpenApiSchema | undefined): string {
  const [, prefix] = /^\^([A-Z]{2})\[/.exec(String(schema?.pattern)) ?? [];
  return prefix === undefined ? 'unknown' : prefix + '0'.repeat(32);
}

function readAnswerBody(
  body: NonNullable<DocumentedAnswer['content']>['application/json'],
  document: OpenApiDocument,
): AnswerBody | undefined {
  if (body === undefined) return undefined;
  return {
    schema: body.schema,
    examples: Object.values(body.examples ?? {}).map(({ value }) => value),
    document,
  };
}
