/** The namespace of the backend's metrics in CloudWatch. */
export const metricNamespace = 'AWSLabsCertificateRotator'

/** Milliseconds from the start of a rotation's execution to the commit of its certificate. */
export const durationMetric = 'rotation-duration'
