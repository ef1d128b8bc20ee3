import { expect, test } from 'vitest';
import { changedAt, objectIn } from '../support/deploy/read-template.ts';
import { runGuard } from '../support/deploy/run-guard.ts';
import { STACK_NAMES, stackOf } from '../support/deploy/stacks.ts';

test('every stack keeps the rules of templates.guard, and each rule has something to look at', () => {
  const reports = runGuard(Object.fromEntries(STACK_NAMES.map((name) => [name, stackOf(name).resources])));
  expect(Object.entries(reports).flatMap(([stack, { failed }]) => failed.map((rule) => `${stack}: ${rule}`))).toEqual([]);
  expect(Object.keys(reports).toSorted()).toEqual([...STACK_NAMES].toSorted());
  const passed = new Set(Object.values(reports).flatMap((report) => report.passed));
  const all = new Set(Object.values(reports).flatMap((report) => [...report.passed, ...report.idle]));
  expect([...all].filter((rule) => !passed.has(rule))).toEqual([]);
  expect(all.size).toBeGreaterThan(10);
});

test('each rule fails for a stack that breaks it', () => {
  const fargate = stackOf('hub: fargate with all').resources;
  const instance = stackOf('hub: instance with all').resources;
  const archive = stackOf('archive: with all').resources;
  const spoiled = {
    queues_are_encrypted_and_keep_messages: changedAt(fargate, ['Findings', 'Properties'], () => ({ MessageRetentionPeriod: 1209600 })),
    every_target_tries_for_a_day_and_has_a_dead_letter_queue: changedAt(
      fargate,
      ['BusRule', 'Properties', 'Targets', 0, 'RetryPolicy', 'MaximumRetryAttempts'],
      () => 5,
    ),
    roles_have_policies_of_their_own_only: changedAt(fargate, ['TaskRole', 'Properties', 'ManagedPolicyArns'], () => ['x']),
    keys_rotate_and_stay: changedAt(fargate, ['Key', 'DeletionPolicy'], () => 'Delete'),
    buckets_are_private_encrypted_and_stay: changedAt(
      archive,
      ['Bucket', 'Properties', 'PublicAccessBlockConfiguration', 'BlockPublicPolicy'],
      () => false,
    ),
    logs_end_some_day: changedAt(fargate, ['Log', 'Properties'], () => ({})),
    redis_is_encrypted_asks_for_a_password_and_survives_a_zone: changedAt(fargate, ['Redis', 'Properties', 'NumNodeGroups'], () => 2),
    redis_throws_nothing_away: changedAt(
      fargate,
      ['RedisParameters', 'Properties', 'Properties', 'maxmemory-policy'],
      () => 'volatile-lru',
    ),
    containers_have_the_least: changedAt(fargate, ['Task', 'Properties', 'ContainerDefinitions', 0, 'User'], () => 'root'),
    instances_give_credentials_to_themselves_only: changedAt(
      instance,
      ['Instance', 'Properties', 'MetadataOptions', 'HttpTokens'],
      () => 'optional',
    ),
    volumes_are_encrypted_and_leave_a_snapshot: changedAt(instance, ['Volume', 'Properties', 'Encrypted'], () => false),
    nothing_may_connect_from_everywhere: changedAt(fargate, ['AdminToService', 'Properties', 'CidrIp'], () => '0.0.0.0/0'),
    groups_let_in_other_groups_only: changedAt(fargate, ['ServiceSecurityGroup', 'Properties', 'SecurityGroupIngress'], () => [
      { IpProtocol: '-1', CidrIp: '10.0.0.0/8' },
    ]),
  };
  const reports = runGuard(Object.fromEntries(Object.keys(spoiled).map((rule) => [rule, objectIn(spoiled, rule)])));
  expect(Object.entries(reports).map(([rule, { failed }]) => [rule, failed])).toEqual(Object.keys(spoiled).map((rule) => [rule, [rule]]));
  const [first] = Object.values(reports);
  expect(Object.keys(spoiled).length).toBe((first?.failed.length ?? 0) + (first?.passed.length ?? 0) + (first?.idle.length ?? 0));
});
