// What the app may read in Microsoft Graph, for whoever may grant it: Privileged Role Administrator in Entra, and rights to
// deploy into the group. Never part of azd up; `foresignal grant` does the same without a template. Public cloud only.
extension microsoftGraphV1

@description('Object id of the app\'s identity: azd env get-value FORESIGNAL_IDENTITY_PRINCIPAL_ID')
param identityPrincipalId string

@description('Tasks in Planner: none, read (to sync Message Center\'s tasks), or write (to write back into them).')
@allowed(['none', 'read', 'write'])
param planner string = 'read'

// Mail.Send is not here: granted here it would send as everybody. docs/deploying.md, Mail, gives it for one mailbox.
var serviceMessageReadAll = '1b620472-6534-4fe6-9df2-4680e8aa28ec'
var tasksReadAll = 'f10e1f91-74ed-437f-a6fd-d6ae88e26c1f'
var tasksReadWriteAll = '44e666d1-d276-445b-a5fc-8815eeb81d55'
var roles = {
  none: [serviceMessageReadAll]
  read: [serviceMessageReadAll, tasksReadAll]
  write: [serviceMessageReadAll, tasksReadWriteAll]
}

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: '00000003-0000-0000-c000-000000000000'
}

resource grants 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for role in roles[planner]: {
    principalId: identityPrincipalId
    resourceId: graph.id
    appRoleId: role
  }
]
