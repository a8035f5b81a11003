#!/usr/bin/env node
import '../dist/experiments/cli/main.js';
