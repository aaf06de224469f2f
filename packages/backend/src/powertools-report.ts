import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Report } from './report.ts'

/** The namespace of the backend's metrics in CloudWatch. */
export const metricNamespace = 'AWSLabsCertificateRotator'

/** Lines in JSON for CloudWatch Logs, and a metric of each event by its code, in the embedded metric format. */
export function powertoolsReport(serviceName: string, logger = new Logger({ serviceName })): Report {
  const metrics = new Metrics({ namespace: metricNamespace, serviceName })
  return ({ level, event, ...facts }) => {
    logger[level](event, { event, ...facts })
    const metric = metrics.singleMetric()
    if (facts.code !== undefined) metric.addDimension('code', String(facts.code))
    metric.addMetric(event, MetricUnit.Count, 1)
  }
}
