/** The README leads a newcomer through the first five minutes, and says the figures and commands of the pages and checks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { reference } from '../../cost/fleet.ts';
import { totalOf } from '../../cost/month.ts';
import { linksOf, sectionsOf } from './markdown.ts';

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const readme = textOf('README.md');
const sections = sectionsOf(readme);

const path = [
  { heading: 'Is it for you?', leadsTo: 'docs/comparison.md' },
  { heading: 'Quick start', leadsTo: 'docs/architecture.md' },
  { heading: 'Deploy', leadsTo: 'docs/deploy.md' },
  { heading: 'Use it in your CDK app', leadsTo: 'docs/constructs.md' },
  { heading: 'Connect your app', leadsTo: 'PROTOCOL.md' },
  { heading: 'Publish from your backend', leadsTo: 'docs/publishing.md' },
  { heading: 'Operate', leadsTo: 'docs/runbook.md' },
  { heading: 'How fast it is here', leadsTo: 'docs/performance.md' },
  { heading: 'Read on', leadsTo: 'CONTRIBUTING.md' },
];

describe('the README', () => {
  test('has the sections of a newcomer, in this order, and no other', () => {
    expect([...sections.keys()]).toEqual(path.map(({ heading }) => heading));
  });

  test.each(path)('has a section $heading whose last links lead to $leadsTo', ({ heading, leadsTo }) => {
    const paragraphs = (sections.get(heading) ?? '').trim().split('\n\n');
    const last = paragraphs.filter((paragraph) => linksOf(paragraph).length > 0).at(-1) ?? '';
    expect(linksOf(last).map(({ target }) => target.split('#')[0])).toContain(leadsTo);
  });

  test.each([
    'PROTOCOL.md',
    'SECURITY.md',
    'client/README.md',
    'docs/comparison.md',
    'docs/configuration.md',
    'docs/cost.md',
    'docs/limits.md',
    'docs/log-inventory.md',
    'docs/migration.md',
    'docs/performance.md',
    'docs/security-report.md',
  ])('leads to %s', (page) => {
    expect(linksOf(readme).map(({ target }) => target.split('#')[0])).toContain(page);
  });

  test('shows a picture before it explains anything', () => {
    expect(linksOf(readme.split(/^## /m)[0] ?? '').some(({ image }) => image)).toBe(true);
  });

  test('has the two commands of a newcomer word for word, and the second is what .ci/run runs', () => {
    expect(readme).toContain('```sh\nnpm ci && npm start\n```');
    expect(readme).toContain('```sh\nnpm ci && npm test\n```');
    const lines = textOf('.ci/run').split('\n');
    expect(lines.map((line) => line.trim())).toContain('npm ci && npm test');
  });

  test('says what an idle stage costs, and no other price', () => {
    const idle = `$${Math.round(totalOf({ ...reference, restaurants: 0 }))}`;
    expect(readme.match(/\$\d[\d,]*/g)).toEqual([idle]);
    expect(textOf('docs/deploy.md').match(/\$\d[\d,]*/g)).toEqual([idle]);
  });
});
