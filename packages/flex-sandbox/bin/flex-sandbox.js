#!/usr/bin/env node
// Exists before the first build, so that installing can link it.
import '../dist/cli.js';
