/**
 * The seed of all properties. The sample is the same in every run, so that a change does not fail by chance. The full tier is
 * random. A failure prints its seed and path; TEST_SEED repeats it.
 */
import fc from 'fast-check';

const { TEST_TIER, TEST_SEED } = process.env;
const FIXED_SEED = 20_261_123;

if (TEST_SEED !== undefined) fc.configureGlobal({ seed: Number(TEST_SEED) });
else if (TEST_TIER !== 'full') fc.configureGlobal({ seed: FIXED_SEED });
