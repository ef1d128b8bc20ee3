import { Type, type Static } from 'typebox';
import { Assignee, Components, Name, ProjectKey, Team } from './rule-words.ts';

/** AWS allows 50 tags on a resource; the order of more keys than this says nothing. */
const MAX_TAGS = 10;
const MAX_VALUES = 10_000;

/** Source of both limits: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const TagKey = Type.String({
  pattern: '^(?!aws:)\\S(?:.{0,126}\\S)?$',
  description: 'the key of a tag, 1 to 128 characters, not beginning with aws:',
});
const TagValue = Type.String({
  pattern: '^\\S(?:.{0,254}\\S)?$',
  description: 'the value of a tag, 1 to 256 characters, without spaces around it',
});

/** What an owner of this name means for its issues. */
const NamedOwner = Type.Object(
  {
    project: Type.Optional(ProjectKey),
    components: Type.Optional(Components),
    assignee: Type.Optional(Assignee),
    team: Type.Optional(Team),
    name: Type.Optional(Name('Payments')),
  },
  { additionalProperties: false, description: 'an object with any of project, components, assignee, team and name' },
);
export type NamedOwner = Static<typeof NamedOwner>;

/** The tags that say whose a resource is, and the meaning of their values. */
export const OwnerRules = Type.Object(
  {
    tags: Type.Optional(
      Type.Array(TagKey, {
        minItems: 1,
        maxItems: MAX_TAGS,
        uniqueItems: true,
        description: `a list of 1 to ${MAX_TAGS} different keys of tags, the most telling first`,
      }),
    ),
    values: Type.Optional(
      Type.Unsafe<Readonly<Record<string, NamedOwner>>>(
        Type.Record(TagValue, NamedOwner, {
          additionalProperties: false,
          propertyNames: TagValue,
          maxProperties: MAX_VALUES,
          description: `an object of at most ${MAX_VALUES} values of these tags, each with any of project, components, assignee, team and name`,
        }),
      ),
    ),
  },
  {
    additionalProperties: false,
    description: 'an object with tags, and values where a value of them, or a contact, means something in Jira',
  },
);
export type OwnerRules = Static<typeof OwnerRules>;
