// Mail to people when the app needs them. Rules over logs read what shared/usecases/telling.py writes: a line `outcome NAME` with the
// name, the tenant (masked) and the target as properties. A secret's expiry is the vault's own event.
param groupName string
param topicName string
param rulePrefix string
param location string
param tags object
param deploymentName string
param addresses string[]
param workspaceId string
param vaultName string

var outcomes = 'AppTraces | where Message startswith "outcome " | extend outcome = tostring(Properties.outcome), tenant = tostring(Properties.tenant), target = tostring(Properties.target)'

// Each query gives rows only where something is wrong; the rule counts them. `by`: a column whose values alert one by one.
var rules = [
  {
    name: 'no-fetch'
    says: 'No tenant, or one that is tried, has had a good fetch for two hours. See foresignal doctor.'
    severity: 1
    window: 'P2D' // a tenant may ask us to wait for a day
    by: []
    query: 'let lines = ${outcomes} | where outcome in ("fetched", "fetch_failed"); union (lines | where target != "planner" | summarize good = maxif(TimeGenerated, outcome == "fetched") | where isnull(good) or good < ago(2h) | project tenant = "all"), (lines | summarize good = maxif(TimeGenerated, outcome == "fetched"), first = min(TimeGenerated), arg_max(TimeGenerated, outcome) by tenant, target | where outcome == "fetch_failed" and coalesce(good, first) < ago(2h) | project tenant)'
  }
  {
    name: 'parked'
    says: 'Something failed for good and was put aside. See foresignal parked list.'
    severity: 2
    window: 'PT15M'
    by: []
    query: '${outcomes} | where outcome == "parked"'
  }
  {
    name: 'down'
    says: 'A channel or ticket system does not answer, or refuses. What is due waits until it does. See foresignal doctor.'
    severity: 2
    window: 'P2D' // said when it goes down, at each try that fails, and when it is back; none is tried in quiet hours
    by: ['target']
    query: '${outcomes} | where outcome in ("down", "up") | summarize arg_max(TimeGenerated, outcome) by target | where outcome == "down"'
  }
  {
    name: 'failures'
    says: 'A function failed more than three times within an hour, or each time it ran. See Failures in Application Insights.'
    severity: 2
    window: 'PT1H'
    by: ['operation']
    query: 'AppRequests | where ResultCode !startswith "4" | summarize failed = countif(Success == false), good = countif(Success == true) by operation = OperationName | where failed > 3 or (failed > 0 and good == 0)'
  }
]

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: groupName
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'foresignal'
    emailReceivers: [
      for (address, index) in addresses: {
        name: 'mail-${index}'
        emailAddress: address
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alertRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${rulePrefix}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Foresignal ${deploymentName}: ${rule.name}'
      description: rule.says
      enabled: true
      severity: rule.severity
      scopes: [workspaceId]
      evaluationFrequency: 'PT15M'
      windowSize: rule.window
      autoMitigate: true // a second mail says that it is over
      skipQueryValidation: true // a new workspace may not know the tables yet
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: map(rule.by, column => { name: column, operator: 'Include', values: ['*'] })
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]

// Key Vault says so 30 days before a secret expires, and when it has.
resource vaultEvents 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: topicName
  location: location
  tags: tags
  properties: {
    source: vault.id
    topicType: 'Microsoft.KeyVault.vaults'
  }
}

resource expiry 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: vaultEvents
  name: 'secrets-expire'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0' // the only one that alerts take
    filter: { includedEventTypes: ['Microsoft.KeyVault.SecretNearExpiry', 'Microsoft.KeyVault.SecretExpired'] }
    destination: {
      endpointType: 'MonitorAlert'
      properties: {
        severity: 'Sev2'
        description: 'Foresignal ${deploymentName}: a secret in the vault expires within 30 days, or has expired.'
        actionGroups: [people.id]
      }
    }
  }
}
