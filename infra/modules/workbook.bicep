// Figures in the portal, from the counters and lines that the app writes. Nobody needs it: the pages have their own.
param location string
param tags object
param deploymentName string
param workspaceId string

var charts = [
  {
    title: 'What it did'
    chart: 'timechart'
    query: 'AppMetrics | where Name startswith "foresignal." | summarize sum(Sum) by bin(TimeGenerated, 1h), Name'
  }
  {
    title: 'Outcomes'
    chart: 'timechart'
    query: 'AppTraces | where Message startswith "outcome " | summarize count() by bin(TimeGenerated, 1h), tostring(Properties.outcome)'
  }
  {
    title: 'Last good fetch of each tenant (masked)'
    chart: 'table'
    query: 'AppTraces | where Message startswith "outcome " and tostring(Properties.outcome) == "fetched" | summarize last = max(TimeGenerated), fetches = count() by tenant = tostring(Properties.tenant) | order by last asc'
  }
  {
    title: 'Parked, down and failed'
    chart: 'table'
    query: 'AppTraces | where Message startswith "outcome " and tostring(Properties.outcome) in ("parked", "down", "up", "fetch_failed") | project TimeGenerated, outcome = tostring(Properties.outcome), target = tostring(Properties.target), change = tostring(Properties.change), tenant = tostring(Properties.tenant) | order by TimeGenerated desc | take 200'
  }
  {
    title: 'Functions: runs, failures, seconds'
    chart: 'table'
    query: 'AppRequests | summarize runs = count(), failed = countif(Success == false), median = percentile(DurationMs, 50) / 1000, slowest = max(DurationMs) / 1000 by operation = OperationName | order by failed desc, runs desc'
  }
  {
    title: 'What logs take, in MB'
    chart: 'timechart'
    query: 'Usage | where IsBillable | summarize sum(Quantity) by bin(TimeGenerated, 1d), DataType'
  }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspaceId, 'foresignal') // Azure takes nothing else
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Foresignal ${deploymentName}'
    category: 'workbook'
    sourceId: workspaceId
    version: 'Notebook/1.0'
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat(
        [
          {
            type: 9
            name: 'time'
            content: {
              version: 'KqlParameterItem/1.0'
              parameters: [
                {
                  id: guid(workspaceId, 'time')
                  version: 'KqlParameterItem/1.0'
                  name: 'Time'
                  type: 4
                  value: { durationMs: 604800000 }
                  typeSettings: { selectableValues: [{ durationMs: 86400000 }, { durationMs: 604800000 }, { durationMs: 2592000000 }] }
                }
              ]
              style: 'pills'
            }
          }
        ],
        map(charts, each => {
          type: 3
          name: each.title
          content: {
            version: 'KqlItem/1.0'
            title: each.title
            query: each.query
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
            crossComponentResources: [workspaceId]
            timeContextFromParameter: 'Time'
            visualization: each.chart
            size: 0
          }
        })
      )
      fallbackResourceIds: [workspaceId]
    })
  }
}
