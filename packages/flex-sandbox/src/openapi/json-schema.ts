/**
 * Translates a schema of Twilio's OpenAPI 3.0 documents to JSON Schema, as strictly as they can be read:
 * an answer has every property that the schema names, and no other. Twilio writes no `required` for answers:
 * a property without a value is `null`, which only `nullable` allows.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { AnswerBody, OpenApiDocument, OpenApiSchema } from './documents.js';

/** Keywords with the same meaning in both. */
const SAME_KEYWORDS = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'pattern'];
/** Keywords that say nothing about an answer. */
const IGNORED_KEYWORDS = [
  'description',
  'title',
  'default',
  'example',
  'examples',
  'required',
  'readOnly',
  'deprecated',
  'x-twilio',
];

type JsonSchema = { readonly [keyword: string]: unknown };

/** https://datatracker.ietf.org/doc/html/rfc2822#section-3.3, as Twilio writes it: in UTC, with the day's name. */
const RFC_2822 =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} \+0000$/;

/** Strict by default: an unknown format or keyword throws. */
function createAjv(): Ajv {
  // Each check runs a few times only, so the time to compile it counts.
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, code: { optimize: false } });
  formats.default(ajv, ['date-time', 'email', 'uri', 'int32', 'int64']);
  ajv.addFormat('date-time-rfc-2822', RFC_2822);
  ajv.addFormat('http-method', /^(GET|POST)$/);
  return ajv;
}

const ajv = createAjv();

/** The names under which `ajv` has the schemas of each document. */
const names = new Map<OpenApiDocument, string>();

/** Compiles the check of a documented body. Throws for a keyword or format that this file does not know. */
export function compileAnswerBody({ schema, document }: AnswerBody): ValidateFunction {
  const name = names.get(document) ?? `document-${names.size}`;
  if (!names.has(document)) {
    names.set(document, name);
    const schemas = Object.entries(document.components.schemas);
    ajv.addSchema(
      { $defs: Object.fromEntries(schemas.map(([key, value]) => [key, translate(value, name)])) },
      name,
    );
  }
  return ajv.compile(translate(schema, name));
}

export const compile = (schema: JsonSchema): ValidateFunction => ajv.compile(schema);

/** `document`: the name of the document that the schema's references are for. */
function translate(schema: OpenApiSchema, document: string): JsonSchema {
  const {
    $ref,
    type,
    nullable,
    format,
    enum: values,
    properties,
    additionalProperties,
    items,
    ...others
  } = schema;
  // In OpenAPI 3.0, keywords beside `$ref` have no effect.
  if ($ref !== undefined) return { $ref: $ref.replace('#/components/schemas/', `${document}#/$defs/`) };
  if (format === 'uri-map') return translateLinks(nullable === true);
  return {
    ...pickSameKeywords(others),
    ...(type === undefined ? {} : { type: nullable === true ? [type, 'null'] : type }),
    ...(format === undefined ? {} : { format }),
    ...(values === undefined ? {} : { enum: nullable === true ? [...values, null] : values }),
    ...(items === undefined ? {} : { items: translate(items, document) }),
    ...(properties === undefined ? {} : translateProperties(properties, document)),
    ...(properties === undefined && additionalProperties === undefined
      ? {}
      : { additionalProperties: translateOthers(additionalProperties ?? false, document) }),
  };
}

function translateProperties(
  properties: Readonly<Record<string, OpenApiSchema>>,
  document: string,
): JsonSchema {
  const readable = Object.entries(properties).filter(([, { writeOnly }]) => writeOnly !== true);
  return {
    properties: Object.fromEntries(readable.map(([name, property]) => [name, translate(property, document)])),
    required: readable.map(([name]) => name),
  };
}

const translateOthers = (others: boolean | OpenApiSchema, document: string): boolean | JsonSchema =>
  typeof others === 'boolean' ? others : translate(others, document);

/** `links`: an object of URLs. check-answer.ts compares their names with the examples. */
const translateLinks = (nullable: boolean): JsonSchema => ({
  type: nullable ? ['object', 'null'] : 'object',
  additionalProperties: { type: ['string', 'null'], format: 'uri' },
});

function pickSameKeywords(schema: OpenApiSchema): JsonSchema {
  const unknown = Object.keys(schema).filter(
    (keyword) => !SAME_KEYWORDS.includes(keyword) && !IGNORED_KEYWORDS.includes(keyword),
  );
  if (unknown.length > 0) throw new Error(`Failed to read a schema: unknown keywords ${unknown.join(', ')}.`);
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => SAME_KEYWORDS.includes(keyword)));
}
