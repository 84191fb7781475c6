using 'main.bicep'

// azd sets the AZURE_ names; the FORESIGNAL_ ones are yours: azd env set FORESIGNAL_DEPLOYMENT contoso
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param principalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param principalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
param deploymentName = readEnvironmentVariable('FORESIGNAL_DEPLOYMENT', '')
// azd keeps FORESIGNAL_APP_NAME, an output, once a deployment exists.
param nameInUse = bool(readEnvironmentVariable('FORESIGNAL_NAME_IN_USE', 'false')) || !empty(readEnvironmentVariable('FORESIGNAL_APP_NAME', ''))
param policyPrincipalId = readEnvironmentVariable('FORESIGNAL_POLICY_PRINCIPAL_ID', '')
param policyPrincipalType = readEnvironmentVariable('FORESIGNAL_POLICY_PRINCIPAL_TYPE', 'ServicePrincipal')
param purgeProtection = bool(readEnvironmentVariable('FORESIGNAL_PURGE_PROTECTION', 'false'))
param vaultAudit = bool(readEnvironmentVariable('FORESIGNAL_VAULT_AUDIT', 'true'))
param subnetId = readEnvironmentVariable('FORESIGNAL_SUBNET_ID', '')
// Separated by commas, without blanks.
param allowedAddresses = filter(split(readEnvironmentVariable('FORESIGNAL_ALLOWED_ADDRESSES', ''), ','), each => !empty(each))
param pythonVersion = readEnvironmentVariable('FORESIGNAL_PYTHON_VERSION', '3.13')
param instanceMemoryMB = int(readEnvironmentVariable('FORESIGNAL_INSTANCE_MEMORY_MB', '2048'))
param maximumInstanceCount = int(readEnvironmentVariable('FORESIGNAL_MAXIMUM_INSTANCES', '40'))
param signInClientId = readEnvironmentVariable('FORESIGNAL_SIGN_IN_CLIENT_ID', '')
param privateHosts = readEnvironmentVariable('FORESIGNAL_PRIVATE_HOSTS', '')
param hostBinding = readEnvironmentVariable('FORESIGNAL_SECRET_HOSTS', 'warn')
