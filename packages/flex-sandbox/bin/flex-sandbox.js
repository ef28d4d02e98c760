#!/usr/bin/env node
// This file exists before the first build, so that `pnpm install` can link the command.
import '../dist/cli.js';
