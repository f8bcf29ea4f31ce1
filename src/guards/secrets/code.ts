import { format, named, UUID } from './define.ts';
import type { Rule } from './rule.ts';
import { base62, base64url, hex, lower } from './samples.ts';

/** Code hosts, packages, builds and the tools of developers. */
export const CODE: readonly Rule[] = [
  format('github_token', 'GitHub', 'gh[pousr]_', '[A-Za-z0-9_]{30,255}', {
    catches: [`${'ghp'}_${base62(36)}`, `${'gho'}_${base62(36, 2)}`, `${'ghs'}_${base62(36, 3)}`],
    passes: [`ghp_${'x'.repeat(36)}`, `ghp_${'your_token_'.repeat(4)}`],
  }),
  format('github_fine_grained_token', 'GitHub', 'github_pat_', '[A-Za-z0-9_]{50,255}', {
    catches: [`${'github'}_pat_${base62(22)}_${base62(59)}`],
  }),
  named('github_legacy_token', 'GitHub', 'github', '[a-f0-9]{40}'),
  format(
    'gitlab_token',
    'GitLab',
    '(?:gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-|GR1348941)',
    '[A-Za-z0-9_=-]{20,300}(?:\\.[A-Za-z0-9_-]{2,20}){0,2}',
    {
      catches: [
        `${'glpat'}-${base62(20)}`,
        `${'glpat'}-${base62(48)}.01.${lower(9)}`,
        `${'GR'}1348941${base62(20)}`,
      ],
      passes: ['glpat-xxxxxxxxxxxxxxxxxxxx'],
    },
  ),
  format('bitbucket_token', 'Bitbucket', '(?:ATBB|BBDC-)', '[A-Za-z0-9+/]{28,48}'),
  named('bitbucket_secret', 'Bitbucket', 'bitbucket', '[A-Za-z0-9=_-]{64}|[A-Za-z0-9]{32}'),
  format('atlassian_token', 'Atlassian', 'AT(?:ATT|CTT)3', '[A-Za-z0-9_=-]{100,260}'),
  named('atlassian_legacy_token', 'Atlassian', 'atlassian|jira|confluence', '[A-Za-z0-9]{24}'),
  named('gitea_token', 'Gitea', 'gitea|forgejo|codeberg', '[a-f0-9]{40}'),
  format('npm_token', 'npm', 'npm_', '[A-Za-z0-9]{36}\\b', { passes: ['npm_config_registry'] }),
  named('npm_legacy_token', 'npm', '_authtoken', `${UUID}|npm_[A-Za-z0-9]{20,60}|[A-Za-z0-9+/=_-]{20,100}`, {
    catches: [`//registry.example.net/:_authToken=${base62(32)}`],
  }),
  format('pypi_token', 'PyPI', 'pypi-AgE', '[A-Za-z0-9_-]{50,400}', {
    catches: [`${'pypi'}-AgEIcHlwaS5vcmc${base62(70)}`, `${'pypi'}-AgENdGVzdC5weXBpLm9yZw${base62(70)}`],
  }),
  format('rubygems_key', 'RubyGems', 'rubygems_', '[a-f0-9]{48}'),
  format('crates_token', 'crates.io', 'cio', '[A-Za-z0-9]{32}\\b', {
    judge: (text) => /[A-Z]/.test(text) && /\d/.test(text),
    catches: [`${'cio'}${base62(32)}`],
  }),
  format('nuget_key', 'NuGet', 'oy2', '[a-z0-9]{43}\\b'),
  format('clojars_token', 'Clojars', 'CLOJARS_', '[A-Za-z0-9]{60}', { ignoreCase: true }),
  format('docker_token', 'Docker', 'dckr_[po]at_', '[A-Za-z0-9_-]{26,34}'),
  format('jfrog_key', 'JFrog', '(?:AKCp|cmVmdGtu)', '[A-Za-z0-9]{50,80}'),
  named('jfrog_legacy_token', 'JFrog', 'jfrog|artifactory', '[A-Za-z0-9]{73}|[A-Za-z0-9]{64}'),
  format('sonar_token', 'Sonar', 'sq[apu]_', '[a-z0-9]{40}\\b'),
  named('sonar_legacy_token', 'Sonar', 'sonar', '[a-f0-9]{40}'),
  named('snyk_token', 'Snyk', 'snyk', UUID),
  named('codecov_token', 'Codecov', 'codecov', `${UUID}|[a-z0-9]{32}`),
  named('codeclimate_token', 'Code Climate', 'codeclimate|cc_test_reporter_id', '[a-f0-9]{64}', {
    catches: [`CODECLIMATE_REPO_TOKEN=${hex(64)}`],
  }),
  format('circleci_token', 'CircleCI', 'CCI(?:PAT|PRJ)_', '[A-Za-z0-9]{20,24}_[a-f0-9]{40}'),
  named('circleci_legacy_token', 'CircleCI', 'circle', '[a-f0-9]{40}'),
  named('travis_token', 'Travis CI', 'travis', '[A-Za-z0-9_-]{22}'),
  format('buildkite_token', 'Buildkite', 'bk(?:ua|aj|ct)_', '[a-z0-9]{36,52}'),
  named('drone_token', 'Drone CI', 'droneci|drone', '[A-Za-z0-9]{32}'),
  named('jenkins_token', 'Jenkins', 'jenkins|crumb', '11[a-f0-9]{32}|[a-f0-9]{32}'),
  format('teamcity_token', 'TeamCity', 'eyJ0eXAiOiAiVENWMiJ9\\.', '[A-Za-z0-9_-]{36}\\.[A-Za-z0-9_-]{48}'),
  format('sourcegraph_token', 'Sourcegraph', 'sg[pd]_', '(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}\\b'),
  format('postman_key', 'Postman', 'PMA[KT]-', '[a-f0-9]{24}-[a-f0-9]{34}'),
  format('figma_token', 'Figma', 'fig[dour]{1,2}_', '[A-Za-z0-9_-]{38,60}'),
  named('figma_legacy_token', 'Figma', 'figma', `[0-9]{4,8}-${UUID}`),
  format('linear_key', 'Linear', 'lin_(?:api|oauth|wh)_', '[A-Za-z0-9]{32,64}'),
  format('launchdarkly_key', 'LaunchDarkly', '(?:api|sdk)-', UUID),
  format('readme_key', 'ReadMe', 'rdme_', '[a-z0-9]{70}'),
  format('scalingo_token', 'Scalingo', 'tk-us-', '[A-Za-z0-9_-]{48}'),
  format('wakatime_key', 'WakaTime', 'waka_', UUID),
  format('gitguardian_key', 'GitGuardian', 'ggtt-', '[pv]-[A-Za-z0-9]{10,60}'),
  format('openvsx_token', 'Open VSX', 'ovsxp_', UUID),
  format('stackhawk_key', 'StackHawk', 'hawk\\.', '[A-Za-z0-9_-]{20}\\.[A-Za-z0-9_-]{20}'),
  format('develocity_key', 'Develocity', '\\.gradle\\.com=', '(?<secret>[a-z0-9]{52})', {
    within: true,
    catches: [`ge.${'gradle'}.com=${lower(52)}`],
  }),
  format(
    'docker_auth',
    'Docker registries',
    '"auth"',
    '\\s{0,4}:\\s{0,4}"(?<secret>[A-Za-z0-9+/]{12,400}={0,2})"',
    {
      within: true,
      body: 'armor',
      judge: (text) => /^[\x21-\x7e]{1,100}:[\x21-\x7e]{3,300}$/.test(Buffer.from(text, 'base64').toString()),
      catches: [
        `{"auths":{"registry.example.net":{"auth":"${Buffer.from(`bob:${base62(14)}`).toString('base64')}"}}}`,
      ],
      passes: ['"auth": "required"'],
    },
  ),
  named(
    'kubernetes_docker_config',
    'Kubernetes',
    '\\.?dockerconfigjson|\\.dockercfg',
    'ey[A-Za-z0-9+/]{40,3000}={0,2}',
    {
      reach: 3200,
      judge: () => true,
      catches: [
        `  .dockerconfigjson: ${base64url('{"auths":{"registry.example.net":{"auth":"Ym9iOmh1bnRlcjI="}}}')}`,
      ],
    },
  ),
];
