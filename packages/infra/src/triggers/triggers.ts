import { permissions as anomalousPermissions } from '@rotator/backend/rotate-anomalous/permissions'
import { permissions as auditedPermissions } from '@rotator/backend/rotate-audited/permissions'
import { Construct } from 'constructs'
import { pacedTemplateId, type TemplateChoice } from '../job-template.ts'
import { words } from '../names.ts'
import type { Surroundings } from '../surroundings.ts'
import { RotateAged } from './rotate-aged.ts'
import { RotateTold } from './rotate-told.ts'
import type { TriggerSettings } from './trigger-settings.ts'

/** Whatever orders rotations without an operator; nothing unless it is chosen. */
export class Triggers extends Construct {
  constructor(
    scope: Construct,
    id: string,
    given: Surroundings,
    settings: TemplateChoice & { triggers: TriggerSettings | undefined },
  ) {
    super(scope, id)
    if (settings.triggers === undefined) return
    const { thingGroup, aged, auditTopicArn, anomalyTopicArn } = settings.triggers
    const jobTemplateId = pacedTemplateId(settings)
    const surroundings = { ...given, own: { ...given.own, jobTemplateId } }
    const common = { thingGroup, jobTemplateId }
    if (aged !== undefined) new RotateAged(this, 'RotateAged', surroundings, { ...common, ...aged })
    if (auditTopicArn !== undefined)
      new RotateTold(this, 'RotateAudited', surroundings, {
        ...common,
        word: words.rotateAudited,
        folder: 'rotate-audited',
        permissions: auditedPermissions,
        topicArn: auditTopicArn,
      })
    if (anomalyTopicArn !== undefined)
      new RotateTold(this, 'RotateAnomalous', surroundings, {
        ...common,
        word: words.rotateAnomalous,
        folder: 'rotate-anomalous',
        permissions: anomalousPermissions,
        topicArn: anomalyTopicArn,
      })
  }
}
