import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { durationMetric, metricNamespace } from './metric-names.ts'
import type { Report, ReportLine } from './report.ts'

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
    const code = facts.failureCode ?? facts.code
    if (code !== undefined) metric.addDimension('code', String(code))
    metric.addMetric(facts.event, MetricUnit.Count, 1)
    if (facts.durationMs === undefined) return
    tools.metrics.singleMetric().addMetric(durationMetric, MetricUnit.Milliseconds, facts.durationMs)
  }
}
