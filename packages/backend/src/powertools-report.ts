import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Report, ReportLine } from './report.ts'

/** The namespace of the backend's metrics in CloudWatch. */
export const metricNamespace = 'AWSLabsCertificateRotator'

/** What a report is written with; a test reads it from there. */
export interface Tools {
  logger: Readonly<Record<ReportLine['level'], (message: string, facts: Record<string, unknown>) => void>>
  metrics: Pick<Metrics, 'singleMetric'>
}

const powertools = (serviceName: string): Tools => ({
  logger: new Logger({ serviceName }),
  metrics: new Metrics({ namespace: metricNamespace, serviceName }),
})

/** Lines in JSON for CloudWatch Logs, and a metric of each event by its code, in the embedded metric format. */
export function powertoolsReport(serviceName: string, tools = powertools(serviceName)): Report {
  return ({ level, ...facts }) => {
    tools.logger[level](facts.event, facts)
    const metric = tools.metrics.singleMetric()
    if (facts.code !== undefined) metric.addDimension('code', String(facts.code))
    metric.addMetric(facts.event, MetricUnit.Count, 1)
  }
}
